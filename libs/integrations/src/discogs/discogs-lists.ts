import { z } from 'zod';
import { ExpiringCache } from '../expiring-cache';
import type { ProviderCall } from '../listing-provider';
import { cleanText } from '../listing-text';
import { isProviderError, ProviderError } from '../provider-error';
import type { DiscogsListEntry } from './discogs-account.schema';
import type { DiscogsCredential } from './discogs-accounts';
import type { DiscogsApi } from './discogs-api';
import { withoutNumber } from './discogs-listing';
import { discogsIdSchema, discogsMasterSchema } from './discogs.schema';

const LISTS = '/users/{username}/lists';
const LIST = '/lists/{list_id}';
const MASTER = '/masters/{master_id}';
/** Far more than anyone keeps. */
const MAX_LISTS = 1_000;
const MAX_ITEMS = 10_000;
const PAGE_SIZE = 100;
const MASTER_MAX_AGE_MS = 6 * 3_600_000;

// The documents show two spellings of a list's id.
const listRowSchema = z.union([
  z.object({ id: discogsIdSchema }).transform(({ id }) => id),
  z.object({ list_id: discogsIdSchema }).transform(({ list_id: id }) => id),
]);
const overviewSchema = z.object({
  pagination: z.object({ pages: z.number().int().nonnegative(), items: z.number().int().nonnegative() }),
  lists: z.array(z.unknown()).max(500),
});
const listSchema = z.object({ items: z.array(z.unknown()).max(MAX_ITEMS) });
const itemSchema = z.object({
  id: discogsIdSchema,
  type: z.enum(['release', 'master']),
  display_title: z.string(),
  comment: z.string().nullish().catch(null),
});
const masterSchema = discogsMasterSchema.extend({ main_release: discogsIdSchema });

type Authorise = (credential: DiscogsCredential) => { authorization?: () => string };

/** What a list holds that can be watched; null for a list that is gone or not for our eyes. */
export type DiscogsListContent = { entries: DiscogsListEntry[] } | null;

/** The lists that people keep at Discogs. Their owners see private ones as well. Throws `ProviderError`. */
export class DiscogsLists {
  private readonly masters: ExpiringCache<number, z.infer<typeof masterSchema>>;

  constructor(
    private readonly api: DiscogsApi,
    private readonly authorise: Authorise,
    now: () => number,
  ) {
    this.masters = new ExpiringCache(5_000, now);
  }

  /** The ids of all lists of a user, in the order in which Discogs gives them. */
  async idsOf(username: string, credential: DiscogsCredential, call: ProviderCall): Promise<number[]> {
    const ids: number[] = [];
    let read = 0;
    for (let page = 1; ; page++) {
      const answer = await this.api.request(
        {
          path: `/users/${encodeURIComponent(username)}/lists`,
          endpoint: LISTS,
          query: { page, per_page: PAGE_SIZE },
          schema: overviewSchema,
          toleratedStatus: 403,
          ...this.authorise(credential),
        },
        call,
      );
      read += answer.lists.length;
      ids.push(...answer.lists.flatMap((row) => listRowSchema.safeParse(row).data ?? []));
      if (page < answer.pagination.pages && ids.length < MAX_LISTS && answer.lists.length > 0) continue;
      // A page without its rows must not look as if the lists were gone.
      if (read < Math.min(answer.pagination.items, MAX_LISTS)) {
        throw new ProviderError('bad_response', 'Discogs page without its lists', {
          provider: 'discogs',
          endpoint: LISTS,
        });
      }
      return [...new Set(ids)].slice(0, MAX_LISTS);
    }
  }

  /** Releases and masters of a list; artists and labels cannot be watched. */
  async content(id: number, credential: DiscogsCredential, call: ProviderCall): Promise<DiscogsListContent> {
    const answer = await this.api
      .request(
        {
          path: `/lists/${id}`,
          endpoint: LIST,
          schema: listSchema,
          toleratedStatus: 403,
          ...this.authorise(credential),
        },
        call,
      )
      .catch((error: unknown) => {
        if (isProviderError(error) && (error.kind === 'gone' || error.status === 403)) return null;
        throw error;
      });
    if (answer === null) return null;
    const entries: DiscogsListEntry[] = [];
    for (const row of answer.items) {
      const item = itemSchema.safeParse(row).data;
      const entry = item && (item.type === 'release' ? toEntry(item) : await this.masterEntry(item, call));
      if (entry) entries.push(entry);
    }
    return { entries };
  }

  /** A master is watched by its own data: a list names nothing but its title. Null for one that is gone. */
  private async masterEntry(
    item: z.infer<typeof itemSchema>,
    call: ProviderCall,
  ): Promise<DiscogsListEntry | null> {
    const master = this.masters.get(item.id, MASTER_MAX_AGE_MS) ?? (await this.master(item.id, call));
    const title = cleanText(master?.title ?? '', 300);
    if (!master || title === null) return null;
    return {
      ...commentOf(item),
      releaseId: master.main_release,
      masterId: item.id,
      isMaster: true,
      title,
      artist: cleanText(withoutNumber(master.artists?.[0]?.name ?? ''), 200),
      year: master.year ?? null,
    };
  }

  private async master(id: number, call: ProviderCall): Promise<z.infer<typeof masterSchema> | null> {
    try {
      const master = await this.api.request(
        { path: `/masters/${id}`, endpoint: MASTER, schema: masterSchema },
        call,
      );
      this.masters.set(id, master);
      return master;
    } catch (error) {
      if (isProviderError(error) && error.kind === 'gone') return null;
      throw error;
    }
  }
}

/** `display_title` is `Artist - Title`, or the title alone. */
function toEntry(item: z.infer<typeof itemSchema>): DiscogsListEntry | null {
  const [, artist = '', name = ''] = /^(.{1,200}?) [-–] (.+)$/s.exec(item.display_title) ?? [];
  const title = cleanText(name === '' ? item.display_title : name, 300);
  if (title === null) return null;
  return {
    ...commentOf(item),
    releaseId: item.id,
    masterId: null,
    isMaster: false,
    title,
    artist: cleanText(withoutNumber(artist), 200),
    year: null,
  };
}

const commentOf = (item: z.infer<typeof itemSchema>): { comment: string | null } => ({
  comment: item.comment?.slice(0, 2_000) ?? null,
});
