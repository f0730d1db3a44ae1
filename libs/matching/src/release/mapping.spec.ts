import { toMatchable } from '../listing';
import { matchWatch } from '../predicate';
import { compileWatch, type WatchInput } from '../rule';

const WATCH: WatchInput = {
  id: 'w',
  version: 1,
  matchMode: 'exact_release',
  discogsReleaseId: 11,
  discogsMasterId: 99,
  title: 'Tago Mago',
  artist: 'Can',
  year: 1971,
  catalogueNumbers: ['UAS 29 211', 'UAS 29 212 X'],
  barcodes: ['5099902987613'],
  targetPrice: null,
  currency: 'USD',
  minCondition: null,
};

function evidenceOf(title: string, over: Partial<WatchInput> = {}, aspects?: object) {
  const facts = { provider: 'ebay', price: 20, currency: 'USD', condition: null, status: 'active' };
  const ids = { discogsReleaseId: null, discogsMasterId: null };
  const listing = toMatchable({ ...facts, ...ids, title, ...(aspects && { raw: { aspects } }) });
  return matchWatch(compileWatch({ ...WATCH, ...over }), listing)?.mapping ?? null;
}

describe('evidence that a listing offers the very release', () => {
  it.each([
    ['CAN Tago Mago 2LP UAS 29211', {}, 'artist_title_catno', 'UAS 29 211'],
    ['Can - Tago Mago LP UAS29211 UK', {}, 'artist_title_catno', 'UAS 29 211'],
    ['Can Tago Mago UAS-29-211 United Artists 1971', {}, 'artist_title_catno', 'UAS 29 211'],
    ['Can Tago Mago LP 5 099902 987613', {}, 'artist_title_barcode', '5099902987613'],
    ['Can Tago Mago 2LP reissue 5099902987613', {}, 'artist_title_barcode', '5099902987613'],
    ['Can Tago Mago LP', { catno: 'UAS 29211' }, 'artist_title_catno', 'UAS 29 211'],
    ['Can Tago Mago LP', { barcode: '5099902987613' }, 'artist_title_barcode', '5099902987613'],
    ['Can - Tago Mago 2LP gatefold 1971', {}, 'artist_title_year', undefined],
  ])('%s with %j is %s', (title, aspects, evidence, code) => {
    expect(evidenceOf(title, {}, aspects)).toMatchObject({ evidence, ...(code !== undefined && { code }) });
  });

  it.each([
    ['a catalogue number without the name', 'United Artists UAS 29211 krautrock LP'],
    ['a name without anything that tells the pressing', 'Can Tago Mago 2LP'],
    ['another catalogue number', 'Can Tago Mago 2LP SPOON 006/007'],
    ['the catalogue number on a pressing of another year', 'Can Tago Mago 2LP UAS 29211 reissue 2014'],
    ['the code of a sleeve without the record', 'Can Tago Mago UAS 29211 sleeve only'],
    ['several records', 'Can LP lot Tago Mago UAS 29211, Ege Bamyasi, Future Days'],
  ])('is not %s', (_, title) => {
    expect(evidenceOf(title)).toBeNull();
  });

  it('takes no year in a record’s name for that of its pressing', () => {
    const delay = { title: 'Delay 1968', year: 1968, catalogueNumbers: ['SPOON 012'] };
    expect(evidenceOf('Can - Delay 1968 LP', delay)).toBeNull();
    expect(evidenceOf('Can - Delay 1968 LP 1968', delay)).toMatchObject({ evidence: 'artist_title_year' });
    expect(evidenceOf('Can - Delay 1968 LP SPOON 012', { ...delay, year: 1981 })).toMatchObject({
      evidence: 'artist_title_catno',
    });
  });

  it('proves an exact watch whose year nobody knows', () => {
    expect(evidenceOf('Can Tago Mago UAS 29211', { year: null })).toMatchObject({
      evidence: 'artist_title_catno',
    });
    expect(evidenceOf('Can Tago Mago 1971', { year: null })).toBeNull();
  });

  it('counts for any pressing too, and is then the stronger reason', () => {
    const master = { matchMode: 'master_release' } as const;
    expect(evidenceOf('Can Tago Mago 2LP', master)).toMatchObject({ evidence: 'artist_title' });
    const catno = evidenceOf('Can Tago Mago 2LP UAS 29211', master);
    const barcode = evidenceOf('Can Tago Mago 2LP', master, { barcode: '5099902987613' });
    expect([catno?.evidence, barcode?.evidence]).toEqual(['artist_title_catno', 'artist_title_barcode']);
    expect(barcode?.score).toBeGreaterThan(catno?.score ?? 1);
  });

  it('lets unknown words beside a title of one word pass', () => {
    const landed = { title: 'Landed', catalogueNumbers: ['V 2041'], matchMode: 'master_release' } as const;
    expect(evidenceOf('Can Landed egypt cartoon V2041 LP', landed)).toMatchObject({ code: 'V 2041' });
    expect(evidenceOf('Can Landed egypt cartoon LP', landed)).toBeNull();
  });

  it.each(['1', 'A', '101', 'none', 'LP', '*'])('takes no notice of the catalogue number `%s`', (catno) => {
    expect(evidenceOf(`Can Tago Mago ${catno}`, { catalogueNumbers: [catno], barcodes: [] })).toBeNull();
  });
});
