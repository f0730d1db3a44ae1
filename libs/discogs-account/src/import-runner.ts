import { Injectable, Logger } from '@nestjs/common';
import { EventsService } from '@waxwatch/events';
import {
  DiscogsAccounts,
  type DiscogsCredential,
  type PagedSource,
  type ProviderCall,
  ProviderError,
} from '@waxwatch/integrations';
import { IdSource } from '@waxwatch/platform/clock';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Database, rowsIn } from '@waxwatch/platform/database';
import { Lifecycle } from '@waxwatch/platform/lifecycle';
import { leasesTakenOver, Metrics } from '@waxwatch/platform/metrics';
import { JobQueue } from '@waxwatch/platform/queue';
import { isForeseen, MAX_ATTEMPTS, verdictOn } from './import-failure';
import { type ImportFailure, ImportPages } from './import-pages';
import { CLAIM_IMPORT, type ClaimedJob, COUNT_DUE_IMPORTS, GIVE_BACK_IMPORT } from './import-runner.sql';
import { type ImportPage, type ImportStep, isSuspiciouslyEmpty, nextStep, seenId } from './import-steps';
import { runImports } from './imports.jobs';
import { LinkCredentials } from './link-credentials';

/** After so many pages it is somebody else's turn: a collection of thousands must not keep a small one waiting. */
const PAGES_PER_TURN = 10;
const GIVE_UP_AFTER_HOURS = 24;
const SOON_SECONDS = 1;

type TurnEnd = 'ended' | 'lost' | 'more';

/** Does the reading that `Imports` begins: claims a job, reads page after page, and gives it back where it cannot go on. */
@Injectable()
export class ImportRunner {
  private readonly logger = new Logger('discogs-import');
  private readonly outcomes;
  private readonly takenOver;

  constructor(
    private readonly db: Database,
    private readonly jobs: JobQueue,
    private readonly discogs: DiscogsAccounts,
    private readonly credentials: LinkCredentials,
    private readonly pages: ImportPages,
    private readonly events: EventsService,
    private readonly ids: IdSource,
    private readonly lifecycle: Lifecycle,
    metrics: Metrics,
    @InjectConfig() private readonly config: AppConfig,
  ) {
    this.takenOver = leasesTakenOver(metrics);
    this.outcomes = metrics.counter('waxwatch_imports_total', 'Imports by how a turn at them ended', [
      'outcome',
    ]);
  }

  async countDue(): Promise<number> {
    const [row] = await this.db.rows<{ due: number }>(COUNT_DUE_IMPORTS);
    return row?.due ?? 0;
  }

  async ring(): Promise<boolean> {
    return await this.jobs.nudge(runImports, {});
  }

  /** Works through the due imports in turns. Any number of processes may do so at the same time. */
  async runDue(): Promise<void> {
    while (!this.lifecycle.isDraining) {
      const token = this.ids.next();
      const job = await this.claim(token);
      if (!job) return;
      if (job.is_abandoned) this.takenOver.inc({ kind: 'import' });
      await this.runTurn(job, token);
    }
  }

  private async claim(token: string): Promise<ClaimedJob | undefined> {
    const [job] = await this.db.transaction(
      async (tx) =>
        await rowsIn<ClaimedJob>(tx, CLAIM_IMPORT, [
          token,
          this.config.IMPORT_LEASE_SECONDS,
          GIVE_UP_AFTER_HOURS,
        ]),
    );
    return job;
  }

  private async runTurn(job: ClaimedJob, token: string): Promise<void> {
    const hopeless = hopelessness(job);
    if (hopeless) {
      await this.fail(job, token, hopeless);
      return;
    }
    const step = { current: nextStep(job.import_scope, job.cursor) };
    try {
      const end = await this.readPages(job, token, step);
      if (end === 'more') await this.giveBack(job, token, 0, false);
      this.outcomes.inc({ outcome: end });
    } catch (error) {
      await this.afterFailure(error, job, token, step.current);
    }
    await this.events.ring();
  }

  private async readPages(
    job: ClaimedJob,
    token: string,
    step: { current: ImportStep | null },
  ): Promise<TurnEnd> {
    const credential = await this.credentials.open(job);
    for (let count = 0; count < PAGES_PER_TURN && !this.lifecycle.isDraining; count++) {
      if (step.current === null) return 'ended';
      const page = await this.read(job, credential, step.current);
      const cursor = await this.pages.store(job, token, step.current, page);
      if (cursor === null) return 'lost';
      job.attempts = 1;
      job.list_ids = page.listIds ?? job.list_ids;
      step.current = nextStep(job.import_scope, cursor);
    }
    return step.current === null ? 'ended' : 'more';
  }

  private async read(job: ClaimedJob, credential: DiscogsCredential, step: ImportStep): Promise<ImportPage> {
    const username = job.external_user_id ?? '';
    const call: ProviderCall = {
      signal: new AbortController().signal,
      priority: 'background',
      userId: job.user_id,
    };
    const { source } = step;
    if (source === 'lists') return await this.readLists(job, credential, step, call);
    const request = { page: step.page, source: source satisfies PagedSource, username };
    const page = await this.discogs.listPage(
      credential,
      { ...request, pageSize: this.config.IMPORT_PAGE_SIZE },
      call,
    );
    if (isSuspiciouslyEmpty(page, step)) {
      throw new ProviderError('bad_response', 'Discogs page without its entries', {
        provider: 'discogs',
        endpoint: step.source,
      });
    }
    return page;
  }

  /** Which lists there are, or what is on one of them. A list that cannot be read leaves the whole incomplete. */
  private async readLists(
    job: ClaimedJob,
    credential: DiscogsCredential,
    { page }: ImportStep,
    call: ProviderCall,
  ): Promise<ImportPage> {
    const nothing = { rowCount: 0, releaseIds: [], entries: [] };
    if (page === 1) {
      const listIds = await this.discogs.lists.idsOf(job.external_user_id ?? '', credential, call);
      return { ...nothing, pages: listIds.length + 1, items: listIds.length, listIds };
    }
    const ids = job.list_ids ?? [];
    const size = { pages: ids.length + 1, items: ids.length };
    const id = ids[page - 2];
    const content = id === undefined ? null : await this.discogs.lists.content(id, credential, call);
    if (!content) return { ...nothing, ...size };
    const { entries } = content;
    return { ...size, rowCount: 1, releaseIds: [...new Set(entries.map(seenId))], entries };
  }

  private async afterFailure(
    error: unknown,
    job: ClaimedJob,
    token: string,
    step: ImportStep | null,
  ): Promise<void> {
    const { source, page } = step ?? { source: 'wantlist' as const, page: 1 };
    const hasOwnCredential = job.access_token !== null;
    const verdict = verdictOn(error, { source, page, attempts: job.attempts, hasOwnCredential });
    // What nobody foresaw is tried again too, but somebody has to hear of it.
    this.logger[isForeseen(error) ? 'warn' : 'error']({
      event: 'discogs_import.step_failed',
      import_job_id: job.id,
      user_id: job.user_id,
      source,
      page,
      verdict: verdict.kind,
      err: error,
    });
    switch (verdict.kind) {
      case 'fail':
        await this.fail(job, token, { ...verdict, source });
        return;
      case 'reconnect':
        if (await this.pages.failForReconnect(job, token, { ...verdict, source })) {
          this.outcomes.inc({ outcome: 'failed' });
        } else await this.giveBack(job, token, SOON_SECONDS, false);
        return;
      case 'end_of_list':
        await this.endShrunkList(job, token, { source, page });
        return;
      case 'retry':
        await this.giveBack(job, token, verdict.seconds, verdict.isFailure);
        this.outcomes.inc({ outcome: verdict.isFailure ? 'failing' : 'waiting' });
    }
  }

  /** The page is no longer there. What else left the list is found by the next import. */
  private async endShrunkList(job: ClaimedJob, token: string, step: ImportStep): Promise<void> {
    const nothing = { pages: step.page, items: null, rowCount: 0, releaseIds: [], entries: [] };
    const cursor = await this.pages.store(job, token, step, nothing);
    if (cursor !== null && nextStep(job.import_scope, cursor) !== null) {
      await this.giveBack(job, token, 0, false);
    }
  }

  private async fail(job: ClaimedJob, token: string, failure: ImportFailure): Promise<void> {
    await this.pages.fail(job, token, failure);
    this.outcomes.inc({ outcome: 'failed' });
    await this.events.ring();
  }

  private async giveBack(job: ClaimedJob, token: string, seconds: number, isFailure: boolean): Promise<void> {
    await this.db.rows(GIVE_BACK_IMPORT, [job.id, token, seconds, isFailure]);
  }
}

/** Why there is no use in trying at all. */
function hopelessness(job: ClaimedJob): ImportFailure | null {
  if (job.link_id === null) {
    const text = 'Discogs account was disconnected';
    return { reason: 'cancelled', error: text, detail: text };
  }
  if (!job.is_user_active) {
    const text = 'account is inactive';
    return { reason: 'cancelled', error: text, detail: text };
  }
  if (job.attempts > MAX_ATTEMPTS || job.is_too_old) {
    const text = 'import was interrupted too often';
    return { reason: 'interrupted', error: text, detail: text };
  }
  return null;
}
