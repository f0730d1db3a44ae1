import type { DiscogsListEntry, DiscogsListPage, DiscogsSource } from '@waxwatch/integrations';
import type { ImportScope } from './import-job.entity';

/** A page of a list that is to be read. Of `lists` the first page is which ones there are, and each other page is one. */
export interface ImportStep {
  source: DiscogsSource;
  page: number;
}

/** What was read for a step. */
export interface ImportPage extends Omit<DiscogsListPage, 'page'> {
  /** With the first page of `lists`: their ids. */
  listIds?: number[];
}

const SOURCES_OF: Record<ImportScope, readonly DiscogsSource[]> = {
  wantlist: ['wantlist'],
  collection: ['collection'],
  both: ['wantlist', 'collection'],
  lists: ['lists'],
  all: ['wantlist', 'collection', 'lists'],
};

/** What to read after the page that the cursor names; null when everything has been read. */
export function nextStep(scope: ImportScope, cursor: string | null): ImportStep | null {
  const sources = SOURCES_OF[scope];
  const [, name, page, pages] = /^(wantlist|collection|lists):(\d+)\/(\d+)$/.exec(cursor ?? '') ?? [];
  const index = sources.findIndex((source) => source === name);
  const [source, following] = [sources[index], sources[index + 1]];
  if (source !== undefined && Number(page) < Number(pages)) return { source, page: Number(page) + 1 };
  // Without a cursor the index is -1, and the first source follows.
  return following === undefined ? null : { source: following, page: 1 };
}

/** `<source>:<page>/<pages>`: the page that was read last. */
export function cursorOf({ source, page }: ImportStep, pages: number): string {
  return `${source}:${page}/${Math.max(pages, page)}`;
}

/** Entries of a page, each release once and each master once. */
export function distinctEntries(entries: readonly DiscogsListEntry[]): DiscogsListEntry[] {
  const byId = new Map<number, DiscogsListEntry>();
  for (const entry of entries) if (!byId.has(seenId(entry))) byId.set(seenId(entry), entry);
  return [...byId.values()];
}

/** What a job remembers of an entry that it has met; a master's id is negative, so that it is no release's. */
export function seenId(entry: Pick<DiscogsListEntry, 'isMaster' | 'masterId' | 'releaseId'>): number {
  return entry.isMaster && entry.masterId !== null ? -entry.masterId : entry.releaseId;
}

/** A page that holds nothing of a list that has something: an answer that is none, and no reason to forget anything. */
export function isSuspiciouslyEmpty(page: ImportPage, { source, page: asked }: ImportStep): boolean {
  return source !== 'lists' && page.rowCount === 0 && (page.items ?? 0) > 0 && asked <= page.pages;
}

/**
 * Whether every entry of a list was seen: its size was the same at both ends of the pass, and so many were read.
 * Discogs numbers pages, so that a list that changes meanwhile hides entries.
 */
export function isWhole(sizeAtStart: number | null, sizeAtEnd: number | null, read: number): boolean {
  return sizeAtStart !== null && sizeAtStart === sizeAtEnd && sizeAtStart === read;
}
