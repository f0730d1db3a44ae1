/**
 * Price bands split the postings of a frequent term by their maximum price, so that a listing passes over the
 * rules that it is too dear for. The edges are in hundredths, half an octave apart.
 */
export const BANDS = 32;

const EDGES = Float64Array.from({ length: BANDS - 1 }, (_, i) => Math.round(500 * 2 ** (i / 2)));

/** The band of an amount; a higher amount is never in a lower band. `NaN` is above all bands. */
export function bandOf(minor: number): number {
  if (Number.isNaN(minor)) return BANDS;
  let low = 0;
  let high = EDGES.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (minor <= (EDGES[middle] ?? Infinity)) high = middle;
    else low = middle + 1;
  }
  return low;
}
