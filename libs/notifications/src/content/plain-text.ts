const SEGMENTER = new Intl.Segmenter('en', { granularity: 'grapheme' });
const ELLIPSIS = '…';

/** Titles come from strangers: a line break would be a line, or a header, of their choice. */
export const oneLine = (value: string): string =>
  value
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu, ' ')
    .replaceAll(/\p{Cs}/gu, '�')
    .trim();

/** How long a text is in the unit that a provider counts. */
export type Measure = (text: string) => number;
export const inUtf16: Measure = (text) => text.length;
export const inBytes: Measure = (text) => Buffer.byteLength(text, 'utf8');

/** At most `limit` of the measure, cut between what people see as characters, with an ellipsis where something is missing. */
export function truncate(text: string, limit: number, measure: Measure = inUtf16): string {
  if (measure(text) <= limit) return text;
  let kept = '';
  let room = limit - measure(ELLIPSIS);
  for (const { segment } of SEGMENTER.segment(text)) {
    room -= measure(segment);
    if (room < 0) break;
    kept += segment;
  }
  return limit < measure(ELLIPSIS) ? '' : `${kept}${ELLIPSIS}`;
}
