import { Injectable } from '@nestjs/common';
import { rowsIn } from '@waxwatch/platform/database';
import type { EntityManager } from 'typeorm';
import type { Candidate } from './match-index';
import { CURRENT_RULES, CURRENT_WATCHES, RECORD_RULE_MATCHES } from './record-matches.sql';
import type { CompiledRule, CompiledWatch, NeverMatching } from './rule';
import { compileStoredRule, compileStoredWatch, type StoredWatch } from './stored-watch';

export interface RuleMatch {
  ruleId: string;
  version: number;
  listingId: string;
  /** Why, as it is shown to the owner. */
  context: object;
}

/** A rule or watched release as it is now, for whom, and what its owner calls it. */
export interface Current<Compiled> {
  userId: string;
  /** The rule's name, or the title of the watched release. */
  name: string;
  /** Of a watched release, as far as known; null for rules. */
  artist: string | null;
  year: number | null;
  version: number;
  compiled: Compiled;
}

export type CurrentRule = Current<CompiledRule | NeverMatching>;
export type CurrentWatch = Current<CompiledWatch | NeverMatching>;

type CurrentRow = StoredWatch & {
  user_id: string;
  name: string;
  artist: string | null;
  year: number | null;
};

/** Stores what matched; the database decides what is new and what the index got wrong. */
@Injectable()
export class MatchRecords {
  /** At most one match for each rule and listing, ever. Answers with the positions of the new ones. */
  async record(tx: EntityManager, matches: readonly RuleMatch[]): Promise<number[]> {
    if (matches.length === 0) return [];
    const rows = await rowsIn<{ index: number }>(tx, RECORD_RULE_MATCHES, [
      matches.map((match) => match.ruleId),
      matches.map((match) => match.version),
      matches.map((match) => match.listingId),
      matches.map((match) => JSON.stringify(match.context)),
    ]);
    return rows.map((row) => row.index);
  }

  /** The proposed rules that are active, of active users, as they are now, by id. */
  async currentRules(tx: EntityManager, candidates: readonly Candidate[]): Promise<Map<string, CurrentRule>> {
    return await readCurrent(tx, CURRENT_RULES, candidates, compileStoredRule);
  }

  /** The proposed watched releases that are active, of active users, as they are now, by id. */
  async currentWatches(
    tx: EntityManager,
    candidates: readonly Pick<Candidate, 'id'>[],
  ): Promise<Map<string, CurrentWatch>> {
    return await readCurrent(tx, CURRENT_WATCHES, candidates, compileStoredWatch);
  }
}

async function readCurrent<Compiled>(
  tx: EntityManager,
  sql: string,
  candidates: readonly Pick<Candidate, 'id'>[],
  compile: (stored: StoredWatch) => Compiled,
): Promise<Map<string, Current<Compiled>>> {
  if (candidates.length === 0) return new Map();
  const rows = await rowsIn<CurrentRow>(tx, sql, [[...new Set(candidates.map(({ id }) => id))]]);
  return new Map(
    rows.map((row) => {
      const { user_id: userId, name, artist, year, version } = row;
      return [row.id, { userId, name, artist, year, version, compiled: compile(row) }];
    }),
  );
}
