import type { MatchContext } from '@waxwatch/matching';
import { rowsIn } from '@waxwatch/platform/database';
import type { EntityManager } from 'typeorm';
import { KEEP_MAPPINGS } from './listing-mappings.sql';

/** A listing and why it is thought to offer a watched release. */
export interface MappedListing {
  listingId: string;
  context: MatchContext;
}

/** Keeps what titles have said of releases; what marketplaces say is in the listings themselves. */
export async function keepMappings(tx: EntityManager, mapped: readonly MappedListing[]): Promise<void> {
  const rows = mapped.flatMap(({ listingId, context }) => {
    const { mapping, discogs_release_id: releaseId, discogs_master_id: masterId } = context;
    const discogsId = releaseId ?? masterId;
    if (mapping === undefined || mapping.evidence === 'provider' || discogsId === undefined) return [];
    const { evidence, score, ...said } = mapping;
    return [
      { listingId, kind: releaseId === undefined ? 'master' : 'release', discogsId, evidence, score, said },
    ];
  });
  if (rows.length === 0) return;
  await rowsIn(tx, KEEP_MAPPINGS, [
    rows.map((row) => row.listingId),
    rows.map((row) => row.kind),
    rows.map((row) => row.discogsId),
    rows.map((row) => row.evidence),
    rows.map((row) => row.score),
    rows.map((row) => JSON.stringify(row.said)),
  ]);
}
