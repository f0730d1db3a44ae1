import { parseXml, XmlElement } from '@rgrove/parse-xml';
import { z } from 'zod';
import type { ReferenceRates } from './reference-rates';

const MAX_RATES = 200;
/** So few are no set of rates, whatever they are. */
const MIN_RATES = 5;

const documentSchema = z.object({
  date: z.iso.date(),
  rates: z
    .record(
      z.string().regex(/^[A-Z]{3}$/),
      z
        .string()
        .regex(/^\d{1,9}(\.\d{1,8})?$/)
        .refine((rate) => Number(rate) > 0),
    )
    .refine(({ USD, ...others }) => USD !== undefined && Object.keys(others).length + 1 >= MIN_RATES)
    .refine((rates) => Object.keys(rates).length <= MAX_RATES),
});

/** The document is not what the ECB publishes; the message says in which way. */
export class UnreadableRatesError extends Error {
  override readonly name = 'UnreadableRatesError';
}

/**
 * Reads `eurofxref-daily.xml` of the European Central Bank: `Cube` elements in each other, the middle one with the day,
 * the innermost with a currency and what a euro is worth in it. All of it is good, or nothing is taken.
 * @throws UnreadableRatesError
 */
export function readEcbDocument(text: string): ReferenceRates {
  const days = cubes(rootOf(text)).filter((cube) => cube.attributes.time !== undefined);
  const [day] = days;
  if (!day || days.length > 1) throw new UnreadableRatesError('not one day');
  const quotes = childCubes(day).map(({ attributes }) => [attributes.currency ?? '', attributes.rate ?? '']);
  const rates = Object.fromEntries(quotes) as Record<string, string>;
  if (Object.keys(rates).length < quotes.length) throw new UnreadableRatesError('a currency twice');
  const parsed = documentSchema.safeParse({ date: day.attributes.time, rates });
  if (!parsed.success) throw new UnreadableRatesError('not a set of rates');
  return parsed.data;
}

function rootOf(text: string): XmlElement {
  try {
    const { root } = parseXml(text);
    if (root?.name === 'gesmes:Envelope') return root;
  } catch (cause) {
    throw new UnreadableRatesError('no XML', { cause });
  }
  throw new UnreadableRatesError('another document');
}

const childCubes = (parent: XmlElement): XmlElement[] =>
  parent.children.filter(
    (child): child is XmlElement => child instanceof XmlElement && child.name === 'Cube',
  );

/** The cubes within the envelope's cube. */
const cubes = (root: XmlElement): XmlElement[] => childCubes(root).flatMap(childCubes);
