import { normaliseTitle, readSpellings, tokenise } from './normalise';

describe('normaliseTitle', () => {
  it.each([
    ['Primus – Frizzle Fry (LP)', 'primus frizzle fry lp'],
    ['  Daft   Punk\t- Discovery \n', 'daft punk discovery'],
    ['Sigur Rós', 'sigur ros'],
    ['Sigur Ro\u0301s', 'sigur ros'],
    ['Björk', 'bjork'],
    ['Motörhead', 'motorhead'],
    ['MOTÖRHEAD', 'motorhead'],
    ['Mötley Crüe', 'motley crue'],
    ['Røyksopp', 'royksopp'],
    ['Straße', 'strasse'],
    ['STRAẞE', 'strasse'],
    ['Ænima', 'aenima'],
    ['Œuvres', 'oeuvres'],
    ['Łódź', 'lodz'],
    ['Đorđe', 'dorde'],
    ['Þeyr', 'theyr'],
    ['İstanbul ışık', 'istanbul isik'],
    ['Beyoncé™', 'beyonce'],
    ['33⅓ RPM', '33 1 3 rpm'],
    ['Ｆｕｌｌ ｗｉｄｔｈ', 'full width'],
    ['Кино – Группа крови', 'кино группа крови'],
    ['Πρόσεχος', 'προσεχοσ'],
    ['ガンダム', 'ガンダム'],
    ['방탄소년단', '방탄소년단'],
    ['Fire 🔥 LP', 'fire lp'],
    ['soft\u00adhyphen', 'softhyphen'],
    ['Ke$ha & A$AP', 'kesha asap'],
    ['P!nk', 'pink'],
    ['Go! Team', 'go team'],
    ['!!!', ''],
    ['', ''],
  ])('folds %j to %j', (title, folded) => {
    expect(normaliseTitle(title)).toBe(folded);
  });

  it('reads the micro sign as the name of the letter, and leaves Greek words Greek', () => {
    expect(normaliseTitle('µ-Ziq')).toBe('mu ziq');
    expect(normaliseTitle('μουσική')).toBe('μουσικη');
    expect(normaliseTitle('\u03bc-Ziq')).toBe('mu ziq');
  });

  it('is stable: a folded title folds to itself', () => {
    const folded = normaliseTitle("AC/DC – Rock'n'Roll Ain't Noise Pollution (2xLP) R.E.M.");
    expect(normaliseTitle(folded)).toBe(folded);
  });

  it('stays small and quick on hostile titles', () => {
    expect(normaliseTitle('\ufdfa'.repeat(10_000)).length).toBeLessThanOrEqual(2_000);
    expect(tokenise('a/'.repeat(5_000)).length).toBeLessThanOrEqual(200);
    expect(tokenise('x'.repeat(10_000))).toEqual(['x'.repeat(64)]);
    expect(tokenise('ab '.repeat(5_000))).toHaveLength(200);
  });
});

describe('tokenise', () => {
  it('joins initials, dotted, slashed or spaced out', () => {
    for (const title of ['R.E.M.', 'R.E.M', 'r/e/m', 'R E M', 'REM'])
      expect(tokenise(title)).toEqual(['rem']);
    expect(tokenise('N.W.A')).toEqual(['nwa']);
    expect(tokenise('Run-D.M.C. – Raising Hell')).toEqual(['run', 'dmc', 'raising', 'hell']);
    expect(tokenise('U.K. Subs')).toEqual(['uk', 'subs']);
  });

  it('leaves two spaced letters and numbers alone', () => {
    expect(tokenise('Side A B')).toEqual(['side', 'a', 'b']);
    expect(tokenise('1.2.3')).toEqual(['1', '2', '3']);
  });

  it('joins at apostrophes of any shape', () => {
    expect(tokenise("Don't Look Back")).toEqual(['dont', 'look', 'back']);
    expect(tokenise('Rock’n’Roll')).toEqual(['rocknroll']);
    expect(tokenise("Rock 'n' Roll")).toEqual(['rock', 'n', 'roll']);
    expect(tokenise("12' maxi 7'' single")).toEqual(['12', 'maxi', '7', 'single']);
  });

  it('sees the format in a counted format', () => {
    expect(tokenise('2LP')).toEqual(['2', 'lp']);
    expect(tokenise('(2xLP, 12inch)')).toEqual(['2', 'lp', '12', 'inch']);
    expect(tokenise('2Pac U2 10cc')).toEqual(['2pac', 'u2', '10cc']);
  });
});

describe('readSpellings', () => {
  it('reads punctuation inside a word both as a gap and as nothing', () => {
    expect(readSpellings('AC/DC Live')).toMatchObject({
      words: ['ac', 'dc', 'live'],
      joined: ['acdc', 'live'],
    });
    expect(readSpellings('The Jay-Z')).toMatchObject({ words: ['the', 'jay', 'z'], joined: ['the', 'jayz'] });
    expect(readSpellings('2xLP new')).toMatchObject({ words: ['2', 'lp', 'new'], joined: ['2xlp', 'new'] });
  });

  it('has one spelling where punctuation makes no difference', () => {
    expect(readSpellings('Pink Floyd – (Animals)')).toMatchObject({
      words: ['pink', 'floyd', 'animals'],
      joined: null,
    });
    expect(readSpellings('R.E.M.')).toEqual({ words: ['rem'], joined: null, codes: null });
  });

  it('reads groups of digits as one number too', () => {
    expect(readSpellings('Blur 5 099902 987613 LP').codes).toContain('5099902987613');
    expect(readSpellings('Philips 6360 012').codes).toEqual(['6360012']);
    expect(readSpellings('Rush 2112 LP 1976').codes).toBeNull();
  });
});
