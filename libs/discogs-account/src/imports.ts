import { Injectable } from '@nestjs/common';
import { EventsService } from '@waxwatch/events';
import { ProviderRegistry } from '@waxwatch/integrations';
import { IdSource } from '@waxwatch/platform/clock';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Database, rowsIn } from '@waxwatch/platform/database';
import { AppError } from '@waxwatch/platform/errors';
import { JobQueue } from '@waxwatch/platform/queue';
import { HOLD_LINK, type LinkRow } from './account-links.sql';
import { Authorisations } from './authorisations';
import type { ImportJobRow } from './discogs-imports.schema';
import type { ImportScope } from './import-job.entity';
import { runImports } from './imports.jobs';
import { CREATE_IMPORT, FIND_IMPORT_UNDER_WAY, GET_IMPORT } from './imports.sql';

const ATTEMPTS = 2;

/** Imports as their users see them; `ImportRunner` does the work. */
@Injectable()
export class Imports {
  constructor(
    private readonly db: Database,
    private readonly ids: IdSource,
    private readonly jobs: JobQueue,
    private readonly events: EventsService,
    private readonly authorisations: Authorisations,
    private readonly providers: ProviderRegistry,
    @InjectConfig() private readonly config: AppConfig,
  ) {}

  /**
   * Begins an import, or gives the one that is under way, whatever it reads: two would write the same watches.
   * @throws AppError 400 without a usable link, 409, 503
   */
  async start(userId: string, scope: ImportScope): Promise<ImportJobRow> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const created = await this.create(userId, scope);
      if (created) {
        await this.jobs.nudge(runImports, {});
        return created;
      }
      const [underWay] = await this.db.rows<ImportJobRow>(FIND_IMPORT_UNDER_WAY, [userId]);
      if (underWay) return underWay;
    }
    throw new AppError('conflict', 'Concurrent import job creation conflict');
  }

  /** @throws AppError 404 */
  async get(userId: string, jobId: string): Promise<ImportJobRow> {
    const [job] = await this.db.rows<ImportJobRow>(GET_IMPORT, [userId, jobId]);
    if (!job) throw new AppError('not_found', 'Import job not found');
    return job;
  }

  private async create(userId: string, scope: ImportScope): Promise<ImportJobRow | null> {
    const isPending = await this.authorisations.isPending(userId);
    return await this.db.transaction(async (tx) => {
      const [link] = await rowsIn<LinkRow>(tx, HOLD_LINK, [userId]);
      this.refuseUnlessReadable(link, isPending);
      const values = [this.ids.next(), userId, link?.id, scope, false, 0];
      const [job] = await rowsIn<ImportJobRow>(tx, CREATE_IMPORT, values);
      if (!job) return null;
      const payload = { job_id: job.id, source: scope };
      await this.events.record(tx, [{ userId, type: 'IMPORT_STARTED', payload }]);
      return job;
    });
  }

  private refuseUnlessReadable(link: LinkRow | undefined, isPending: boolean): void {
    if (!link) {
      throw new AppError(
        'bad_request',
        isPending ? 'Discogs OAuth callback not completed' : 'Discogs is not connected',
      );
    }
    // Its credential is dead; only its owner can give a new one.
    if (link.reconnect_required_at !== null) throw new AppError('bad_request', 'Discogs is not connected');
    const { reason } = this.providers.status('discogs');
    const isConfigured =
      link.access_token === null ? reason === null : this.config.DISCOGS_USER_AGENT !== undefined;
    if (!isConfigured) {
      throw new AppError('unavailable', `Discogs import is not available: ${reason ?? 'not configured'}`);
    }
  }
}
