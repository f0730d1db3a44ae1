import { pressingAspects } from './ebay-aspects';

const read = (aspects: Record<string, string>) =>
  pressingAspects(Object.entries(aspects).map(([name, value]) => ({ name, value })));

describe('what item specifics say of the pressing', () => {
  it.each([
    [
      'eBay.com',
      {
        'Record Label': 'Caroline',
        'Catalog Number': 'CAROL 1619',
        'Country of Origin': 'United States',
        'Release Year': '1990',
        Format: 'Record',
        'Record Size': '12"',
        Edition: 'First Edition',
      },
      {
        label: 'Caroline',
        catno: 'CAROL 1619',
        country: 'United States',
        year: 1990,
        format: 'Record, 12", First Edition',
      },
    ],
    [
      'eBay.de',
      {
        Plattenlabel: 'Caroline',
        Katalognummer: 'CAROL 1619',
        'Herstellungsland und -region': 'USA',
        Erscheinungsjahr: '1990',
        Format: 'Vinyl',
        Plattengröße: '30 cm (12 Zoll)',
      },
      {
        label: 'Caroline',
        catno: 'CAROL 1619',
        country: 'USA',
        year: 1990,
        format: 'Vinyl, 30 cm (12 Zoll)',
      },
    ],
    [
      'eBay.fr',
      { 'Maison de disques': 'Caroline', 'Année de sortie': '1990', 'Pays de fabrication': 'États-Unis' },
      { label: 'Caroline', country: 'États-Unis', year: 1990 },
    ],
    [
      'eBay.it',
      {
        Etichetta: 'Caroline',
        'Numero di catalogo': 'CAROL 1619',
        'Anno di pubblicazione': '1990',
        Formato: 'LP',
      },
      { label: 'Caroline', catno: 'CAROL 1619', year: 1990, format: 'LP' },
    ],
    [
      'eBay.es',
      { 'Sello discográfico': 'Caroline', 'País de origen': 'EE. UU.', 'Año de lanzamiento': '1990' },
      { label: 'Caroline', country: 'EE. UU.', year: 1990 },
    ],
  ])('is read as %s names it', (_site, aspects, said) => {
    expect(read(aspects)).toEqual(said);
  });

  it.each([
    '',
    ' ',
    'N/A',
    'n.a.',
    'Does not apply',
    'Nicht zutreffend',
    'Unknown',
    'unbekannt',
    '-',
    'None',
  ])('is nothing where the seller wrote %p', (value) => {
    expect(read({ 'Record Label': value, 'Release Year': value, Format: value })).toBeNull();
  });

  it.each([
    ['1990s', undefined],
    ['12/1990', 1990],
    ['199', undefined],
    ['1790', undefined],
    ['19901', undefined],
  ])('has the year of %p', (value, year) => {
    expect(read({ 'Release Year': value, Format: 'LP' })?.year).toBe(year);
  });

  it('is cut, says each thing once, and forgets what else there is', () => {
    const said = read({
      Format: 'LP',
      Edition: 'LP',
      'Record Label': 'x'.repeat(400),
      Artist: 'Primus',
      'Record Grading': 'VG+',
    });

    expect(said?.format).toBe('LP');
    expect(said?.label).toHaveLength(120);
    expect(Object.keys(said ?? {}).sort()).toEqual(['format', 'label']);
  });

  it('is nothing without item specifics', () => {
    expect(pressingAspects(undefined)).toBeNull();
  });
});

describe('barcodes in item specifics', () => {
  it.each([
    ['UPC', '0 75596 06951 2', '075596069512'],
    ['EAN', '5099902987613', '5099902987613'],
    ['Código de barras', '5099902987613', '5099902987613'],
  ])('are read from %s', (name, value, barcode) => {
    expect(pressingAspects([{ name, value }])).toEqual({ barcode });
  });

  it.each(['Does not apply', '0000000000000', '123', 'see pictures 5099902987613'])(
    'are not `%s`',
    (value) => {
      expect(pressingAspects([{ name: 'EAN', value }])).toBeNull();
    },
  );
});
