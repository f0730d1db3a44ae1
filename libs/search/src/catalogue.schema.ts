import type { DiscogsCatalogueType, DiscogsEntry } from '@waxwatch/integrations';
import { queryChoice, queryInt, queryText, wireInteger, wireTrimmedText } from '@waxwatch/platform/http';
import { z } from 'zod';

export interface CatalogueRequest {
  terms: string;
  type: DiscogsCatalogueType;
  limit: number;
  offset: number;
}

export interface CataloguePage {
  entries: DiscogsEntry[];
  /** Undefined where Discogs does not say. */
  total: number | undefined;
}

const TYPES = ['release', 'master', 'artist', 'label'] as const satisfies DiscogsCatalogueType[];
const MAX_LIMIT = 100;
const MAX_OFFSET = 10_000;

export const CatalogueQuery = z
  .object({
    q: queryText(0, 200)
      .pipe(wireTrimmedText(1, 200))
      .meta({ minLength: 1, description: 'Words to look for' }),
    type: queryChoice(TYPES).default('release').describe('What kind of entries'),
    limit: queryInt(1, MAX_LIMIT, 25).meta({ type: 'integer', minimum: 1, maximum: MAX_LIMIT }),
    offset: queryInt(0, MAX_OFFSET, 0).meta({
      type: 'integer',
      minimum: 0,
      maximum: MAX_OFFSET,
      description: 'How many to leave out first; a multiple of `limit`',
    }),
  })
  .refine(({ limit, offset }) => offset % limit === 0, {
    path: ['offset'],
    message: 'offset must be a multiple of limit',
  })
  .transform(({ q, ...rest }): CatalogueRequest => ({ terms: q, ...rest }));

const CatalogueItem = z
  .object({
    id: z.string().describe('At Discogs'),
    title: z.string(),
    year: wireInteger().optional(),
    artists: z.array(z.string()).describe('Of releases and masters'),
  })
  .meta({ id: 'DiscogsCatalogueItem' });

export const CatalogueOut = z
  .object({
    items: z.array(CatalogueItem),
    total: wireInteger().optional().describe('Where Discogs says it'),
  })
  .meta({
    id: 'DiscogsCatalogueOut',
    example: {
      items: [{ id: '249393', title: 'Selected Ambient Works 85-92', year: 1992, artists: ['Aphex Twin'] }],
      total: 1,
    },
  });

export const toCatalogueOut = ({ entries, total }: CataloguePage): z.input<typeof CatalogueOut> => ({
  items: entries.map(toItem),
  ...(total === undefined ? {} : { total }),
});

/** Discogs titles what was recorded `Artist - Title`, and artists and labels by their name. */
function toItem({ id, type, title, year, artist }: DiscogsEntry): z.input<typeof CatalogueItem> {
  const isRecording = type === 'release' || type === 'master';
  return {
    id: String(id),
    ...(isRecording && artist !== null
      ? { title: title.slice(title.indexOf(' - ') + 3), artists: [artist] }
      : { title, artists: [] }),
    ...(year === undefined ? {} : { year }),
  };
}
