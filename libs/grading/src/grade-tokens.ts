/** A grade that a text states at a place. */
export interface GradeToken {
  start: number;
  end: number;
  /** 1 (poor) to 8 (mint). */
  rank: number;
  /** One letter or an everyday word: a grade only beside another one, or behind a label. */
  isWeak: boolean;
}

/** What sellers write in their own languages, without diacritics. Where a language has no exact word, the lower grade. */
const PHRASES: Readonly<Record<string, number>> = {
  // English
  'near mint': 7,
  'nr mint': 7,
  'n mint': 7,
  'mint minus': 7,
  mint: 8,
  'factory sealed': 8,
  'still sealed': 8,
  sealed: 8,
  excellent: 6,
  'very good plus': 6,
  'very good ++': 6,
  'very good +': 6,
  'very good': 5,
  'good plus': 4,
  'good +': 4,
  // German
  'wie neu': 7,
  neuwertig: 7,
  neuwertiger: 7,
  versiegelt: 8,
  eingeschweisst: 8,
  ausgezeichnet: 6,
  exzellent: 6,
  'sehr gut plus': 6,
  'sehr gut +': 6,
  'sehr gut': 5,
  'sehr guter': 5,
  'gut plus': 4,
  // French
  'comme neuf': 7,
  'sous blister': 8,
  'excellent etat': 6,
  'tres bon etat': 5,
  tbe: 5,
  'bon etat': 3,
  'etat moyen': 2,
  'mauvais etat': 1,
  // Spanish, Italian, Portuguese
  'como nuevo': 7,
  'casi nuevo': 6,
  precintado: 8,
  excelente: 6,
  'muy buen estado': 5,
  'muy bueno': 5,
  'buen estado': 3,
  'come nuovo': 7,
  sigillato: 8,
  'ottime condizioni': 6,
  'ottimo stato': 6,
  ottimo: 6,
  'molto buono': 5,
  'buone condizioni': 3,
  'muito bom': 5,
  // Dutch
  'als nieuw': 7,
  uitstekend: 6,
  'zeer goed': 5,
};

/** Everyday words that grade only behind a label, or together with "condition". */
const WEAK_PHRASES: Readonly<Record<string, number>> = {
  good: 3,
  fair: 2,
  poor: 1,
  gut: 3,
  guter: 3,
  schlecht: 1,
  bon: 3,
  bueno: 3,
  buono: 3,
  goed: 3,
};

const toPattern = (phrases: Readonly<Record<string, number>>): string =>
  Object.keys(phrases)
    .sort((a, b) => b.length - a.length)
    .map((phrase) => phrase.replaceAll('+', '\\+').replaceAll(' ', '[\\s-]?'))
    .join('|');

const WORDS = new RegExp(`(?<![a-z0-9])(${toPattern(PHRASES)})(?![a-z0-9])`, 'gi');
const WEAK_WORDS = new RegExp(`(?<![a-z0-9])(${toPattern(WEAK_PHRASES)})(?![a-z0-9])`, 'gi');
/** A minus is one only where nothing follows it: `VG-VG+` is a range. */
const SUFFIX = String.raw`(\+{1,3}\(\+\)|\+{1,3}(?:/-)?|\s\+(?=\s*(?:$|[,;)/|]))|-(?![\w+])|[\s-](?:plus|minus)(?![a-z]))?`;
const SYMBOL = new RegExp(String.raw`(?<![\w&.'’])(VG|NM|EX|[MGPF])${SUFFIX}(?![\w&'’]|\.\w)`, 'gi');
const SYMBOL_RANKS: Readonly<Record<string, number>> = { VG: 5, NM: 7, EX: 6, M: 8, G: 3, P: 1, F: 2 };

const COLOUR_OR_NAME_AFTER =
  /^[\s-]*(?:green|blue|white|colou?r|marble|splatter|swirl|vinyl|wax|records?\b|juleps|royale|julep)/i;
const CONDITION_NEARBY = /^[\s:)]*(?:used\s+)?(?:condition|cond\b|zustand|shape|state)/i;
const STATE_BEFORE =
  /(?:condition|cond\.?|zustand|etat|estado|condizioni|staat|graded?|grading)\s*(?:is|:|=|-)?\s*$/i;
const EX_SOMETHING =
  /^[\s-]*(?:library|dj\b|radio|juke|rental|store|promo|members?|shop|display|hex|cops?\b|girlfriend|wife|beatle)/i;
const NEGATED =
  /(?:\b(?:not|non|no|never|isn'?t|ain'?t|nicht|keine?|pas|niet|un|re|was|below|under|until)|less than|anything but|far from|nowhere near|short of)[\s-]*(?:quite|really|exactly|in|a|an|even|full|fully|the|truly|completely)?\s*$/i;
const WEAKENED = /\b(?:almost|nearly|weak|low|just under|shy of|at best)\s*(?:a\s+)?$/i;

/** All grades that a text states, from left to right. The text is folded: no diacritics, plain dashes. */
export function findGrades(text: string): GradeToken[] {
  const found = [...symbolsIn(text), ...phrasesIn(text)].sort((a, b) => a.start - b.start || b.end - a.end);
  const tokens: GradeToken[] = [];
  for (const token of found) {
    const last = tokens.at(-1);
    if (last !== undefined && token.start < last.end) continue;
    if (!isDenied(text, token)) tokens.push(weakened(text, token));
  }
  return tokens;
}

function symbolsIn(text: string): GradeToken[] {
  return [...text.matchAll(SYMBOL)].flatMap((match): GradeToken[] => {
    const [whole, letters = '', suffix = ''] = match;
    const base = SYMBOL_RANKS[letters.toUpperCase()] ?? 0;
    const end = match.index + whole.length;
    const isShort = letters.length === 1;
    const after = text.slice(end);
    const before = text.slice(Math.max(0, match.index - 6), match.index);
    if (letters.toUpperCase() === 'EX' && (EX_SOMETHING.test(after) || /\bthe\s$/i.test(before))) return [];
    // In lower case "ex" is a word before it is a grade, and single letters always are.
    const isWeak = (isShort && !/^\+/.test(suffix)) || (letters === 'ex' && suffix === '');
    if (isShort && letters !== letters.toUpperCase() && suffix === '') return [];
    return [{ start: match.index, end, rank: rankWith(base, suffix.trim().toLowerCase()), isWeak }];
  });
}

/** What plus and minus do to a grade; `NM+` and `EX++` are no step up, `VG+/-` is none either. */
function rankWith(base: number, suffix: string): number {
  if (suffix.endsWith('/-')) return base;
  if (suffix.includes('+') || suffix.endsWith('plus')) return base === 3 || base === 5 ? base + 1 : base;
  if (suffix.startsWith('-') || suffix.endsWith('minus')) return Math.max(1, base - 1);
  return base;
}

function phrasesIn(text: string): GradeToken[] {
  const strong = [...text.matchAll(WORDS)].map((match) => ({ match, isWeak: false, ranks: PHRASES }));
  const weak = [...text.matchAll(WEAK_WORDS)].map((match) => ({ match, isWeak: true, ranks: WEAK_PHRASES }));
  return [...strong, ...weak].flatMap(({ match, isWeak, ranks }): GradeToken[] => {
    const phrase = match[0].toLowerCase();
    let end = match.index + phrase.length;
    let rank = rankOfPhrase(phrase, ranks);
    const after = text.slice(end);
    const before = text.slice(0, match.index);
    if (phrase === 'mint') {
      if (COLOUR_OR_NAME_AFTER.test(after)) return [];
      // A band of that name heads its titles.
      if (before.trim() === '' && /^\scondition\b/i.test(after)) return [];
      if (/^-(?![\w+])/.test(after)) {
        rank = 7;
        end++;
      }
    }
    const isStated = !isWeak || CONDITION_NEARBY.test(after) || STATE_BEFORE.test(before);
    return [{ start: match.index, end, rank, isWeak: !isStated }];
  });
}

/** The phrase may be written together or with hyphens. */
function rankOfPhrase(phrase: string, ranks: Readonly<Record<string, number>>): number {
  const squeezed = phrase.replace(/[\s-]/g, '');
  for (const [known, rank] of Object.entries(ranks)) if (known.replaceAll(' ', '') === squeezed) return rank;
  return 1;
}

function isDenied(text: string, token: GradeToken): boolean {
  return NEGATED.test(text.slice(Math.max(0, token.start - 30), token.start));
}

function weakened(text: string, token: GradeToken): GradeToken {
  const isLess =
    WEAKENED.test(text.slice(Math.max(0, token.start - 20), token.start)) ||
    /^\s*(?:at best|at most)\b/i.test(text.slice(token.end));
  return isLess ? { ...token, rank: Math.max(1, token.rank - 1) } : token;
}
