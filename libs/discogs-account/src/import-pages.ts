import { Injectable } from '@nestjs/common';
import { EventsService } from '@waxwatch/events';
import { cleanText } from '@waxwatch/integrations';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Database, rowsIn } from '@waxwatch/platform/database';
import { ImportedReleases } from '@waxwatch/watch-releases';
import type { EntityManager } from 'typeorm';
import { REQUIRE_RECONNECT } from './account-links.sql';
import {
  ADVANCE_IMPORT,
  type ClaimedJob,
  COMPLETE_IMPORT,
  FAIL_IMPORT,
  FAILED_BEFORE,
  HOLD_IMPORT,
  NOTE_SEEN,
  TAKE_SEEN,
} from './import-runner.sql';
import {
  cursorOf,
  distinctEntries,
  type ImportPage,
  type ImportStep,
  isWhole,
  nextStep,
} from './import-steps';
import { type ListDirectives, readListDirectives } from './list-directives';

type HeldJob = Pick<ClaimedJob, 'cursor' | 'list_size' | 'list_read' | 'created_count'>;

export interface ImportFailure {
  reason: string;
  error: string;
  detail: string;
  /** The list that was being read. */
  source?: string;
}

/** More are not worth reading. */
const MAX_COMPLAINTS = 20;

/** What imports write, each time in one transaction behind the fence of the lease. */
@Injectable()
export class ImportPages {
  constructor(
    private readonly db: Database,
    private readonly imported: ImportedReleases,
    private readonly events: EventsService,
    @InjectConfig() private readonly config: AppConfig,
  ) {}

  /**
   * Stores a page together with the cursor behind it; with the last page of a list also what is no longer on it, and
   * with the last page of all the end of the job.
   * @returns the new cursor; null when the job is somebody else's by now
   */
  async store(job: ClaimedJob, token: string, step: ImportStep, page: ImportPage): Promise<string | null> {
    const cursor = cursorOf(step, page.pages);
    const isHeld = await this.db.transaction(async (tx) => {
      const [held] = await rowsIn<HeldJob>(tx, HOLD_IMPORT, [job.id, token]);
      if (!held) return false;
      // Stored before, by a commit whose answer was lost.
      if (held.cursor === cursor) return true;
      const entries = distinctEntries(page.entries).map(withDirectives);
      const created = await this.imported.store(tx, job.user_id, step.source, entries);
      await rowsIn(tx, NOTE_SEEN, [job.id, step.source, page.releaseIds]);
      const size = step.page === 1 ? page.items : held.list_size;
      const read = (step.page === 1 ? 0 : held.list_read) + page.rowCount;
      if (nextStep(job.import_scope, cursor)?.source !== step.source) {
        await this.endList(tx, job, step, isWhole(size, page.items, read));
      }
      await rowsIn(tx, ADVANCE_IMPORT, [
        job.id,
        cursor,
        step.page,
        page.entries.length,
        entries.length,
        created,
        size,
        read,
        this.config.IMPORT_LEASE_SECONDS,
        page.listIds ?? null,
        JSON.stringify(complaintsAbout(entries, step.source)),
      ]);
      if (nextStep(job.import_scope, cursor) === null) await this.complete(tx, job);
      return true;
    });
    return isHeld ? cursor : null;
  }

  /** Ends the job and says so. @returns false when the job is somebody else's by now */
  async fail(job: ClaimedJob, token: string, failure: ImportFailure): Promise<boolean> {
    return await this.db.transaction(async (tx) => await this.failIn(tx, job, token, failure));
  }

  /**
   * Ends the job and marks its link, so that nothing is tried with a dead credential again and its owner hears of it
   * once. A credential that has been replaced meanwhile is left alone, and the job with it.
   * @returns false then
   */
  async failForReconnect(
    job: ClaimedJob,
    token: string,
    failure: Omit<ImportFailure, 'reason'>,
  ): Promise<boolean> {
    return await this.db.transaction(async (tx) => {
      const marked = await rowsIn(tx, REQUIRE_RECONNECT, [job.link_id, job.access_token]);
      if (marked.length === 0) return false;
      return await this.failIn(tx, job, token, { ...failure, reason: 'reconnect_required' });
    });
  }

  private async failIn(
    tx: EntityManager,
    job: ClaimedJob,
    token: string,
    { reason, error, detail, source }: ImportFailure,
  ): Promise<boolean> {
    const [held] = await rowsIn<HeldJob>(tx, HOLD_IMPORT, [job.id, token]);
    if (!held) return false;
    const entry = { error, detail, ...(source === undefined ? {} : { source }) };
    await rowsIn(tx, FAIL_IMPORT, [job.id, JSON.stringify([entry])]);
    // A list that stays private fails at every sync; saying so every hour would help nobody.
    const isNews =
      !job.is_scheduled ||
      reason === 'reconnect_required' ||
      (await rowsIn(tx, FAILED_BEFORE, [job.user_id, job.id])).length === 0;
    if (!isNews) return true;
    const payload = { job_id: job.id, source: job.import_scope, error: detail, reason };
    await this.events.record(tx, [{ userId: job.user_id, type: 'IMPORT_FAILED', payload }]);
    return true;
  }

  private async endList(
    tx: EntityManager,
    job: ClaimedJob,
    { source }: ImportStep,
    isListWhole: boolean,
  ): Promise<void> {
    const seen = await rowsIn<{ discogs_release_id: number }>(tx, TAKE_SEEN, [job.id, source]);
    if (!isListWhole) return;
    const ids = seen.map((row) => row.discogs_release_id);
    await this.imported.unmarkMissing(tx, job.user_id, source, ids);
  }

  private async complete(tx: EntityManager, job: ClaimedJob): Promise<void> {
    const [counts] = await rowsIn<{ processed_count: number; imported_count: number; created_count: number }>(
      tx,
      COMPLETE_IMPORT,
      [job.id, job.link_id],
    );
    if (!counts || (job.is_scheduled && counts.created_count === 0)) return;
    const payload = {
      job_id: job.id,
      source: job.import_scope,
      processed_count: counts.processed_count,
      imported_count: counts.imported_count,
      created_count: counts.created_count,
    };
    await this.events.record(tx, [{ userId: job.user_id, type: 'IMPORT_COMPLETED', payload }]);
  }
}

type WithDirectives<T> = T &
  Pick<ListDirectives, 'currency' | 'minCondition' | 'unread'> & { targetPrice: string | null };

/** What the owner asks for in the comment goes into a new watch, and into no other. */
function withDirectives<T extends { comment: string | null }>(entry: T): WithDirectives<T> {
  const { maxPrice, currency, minCondition, unread } = readListDirectives(entry.comment);
  return { ...entry, targetPrice: maxPrice, currency, minCondition, unread };
}

/** Directives that could not be read, for their owner to see in the job. */
function complaintsAbout(entries: readonly { title: string; unread: string[] }[], source: string): object[] {
  return entries
    .flatMap(({ title, unread }) => unread.map((text) => ({ title, text })))
    .slice(0, MAX_COMPLAINTS)
    .map(({ title, text }) => ({
      error: 'unreadable directive in a list comment',
      detail: cleanText(`${text} (${title})`, 300),
      source,
    }));
}
