/** The Goldmine scale from worst to best; a grade's rank is its place in it, counted from 1. */
export const GRADES = ['P', 'F', 'G', 'G+', 'VG', 'VG+', 'NM', 'M'] as const;
export type Grade = (typeof GRADES)[number];

/** Grades as sellers and Discogs spell them, as ranks. */
const RANKS: Readonly<Record<string, number>> = {
  poor: 1,
  p: 1,
  fair: 2,
  f: 2,
  g: 3,
  good: 3,
  'g+': 4,
  'good+': 4,
  'good plus': 4,
  vg: 5,
  'vg-': 4,
  'very good': 5,
  'vg+': 6,
  'vg++': 6,
  'very good+': 6,
  'very good plus': 6,
  // Between VG+ and NM in the British scale: never promise more than the seller did.
  ex: 6,
  'ex+': 6,
  'ex-': 5,
  excellent: 6,
  nm: 7,
  'nm-': 6,
  'm-': 7,
  'near mint': 7,
  'nm or m-': 7,
  m: 8,
  mint: 8,
  // Marketplaces that grade only in words: sealed stock is mint, anything used is unknown.
  new: 8,
  'brand new': 8,
  sealed: 8,
  'still sealed': 8,
};

/**
 * The rank of a stated grade, 1 (poor) to 8 (mint), or null when the text as a whole names no grade:
 * `Near Mint (NM or M-)` → 7, `vg+` → 6, `Used` → null.
 */
export function conditionRank(text: string | null | undefined): number | null {
  if (text === null || text === undefined || text.length > 60) return null;
  const plain = text.toLowerCase().replace(/\s+/g, ' ').trim();
  const whole = RANKS[plain];
  if (whole !== undefined) return whole;
  // "Very Good Plus (VG+)": the words before the bracket say it, else what is in it.
  const [, words = '', grade = ''] = /^([^()]*)\(([^()]*)\)$/.exec(plain) ?? [];
  return RANKS[words.trim()] ?? RANKS[grade.trim()] ?? null;
}

/** The grade of a rank; null for null and for what is no rank. */
export function gradeOfRank(rank: number | null): Grade | null {
  return rank === null ? null : (GRADES[rank - 1] ?? null);
}
