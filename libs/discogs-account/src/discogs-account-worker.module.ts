import { Injectable, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { HandlesJob, type JobHandler, JobRunner, Ticker } from '@waxwatch/platform/queue';
import { DiscogsAccountModule } from './discogs-account.module';
import { DiscogsSync } from './discogs-sync';
import { ImportPages } from './import-pages';
import { ImportRunner } from './import-runner';
import { runImports } from './imports.jobs';

/** Turns are looked for more often than one user has them, as there are more users than fit into one batch. */
const MAX_SYNC_TICK_SECONDS = 60;

@Injectable()
@HandlesJob(runImports)
export class RunImportsProcessor implements JobHandler<Record<string, never>> {
  constructor(private readonly runner: ImportRunner) {}

  async handle(): Promise<void> {
    await this.runner.runDue();
  }
}

/** Finds the imports whose bell was not heard, that wait no longer, or whose worker is gone; and begins those of the sync. */
@Injectable()
class ImportTicks implements OnApplicationBootstrap {
  constructor(
    private readonly imports: ImportRunner,
    private readonly sync: DiscogsSync,
    private readonly ticker: Ticker,
    private readonly runner: JobRunner,
    @InjectConfig() private readonly config: AppConfig,
  ) {}

  onApplicationBootstrap(): void {
    this.ticker.every('sweep-imports', this.config.SWEEP_INTERVAL_SECONDS, async () => {
      if ((await this.imports.countDue()) === 0) return;
      if (!(await this.imports.ring())) await this.runner.run(runImports.name, {}, Date.now());
    });
    if (!this.config.DISCOGS_SYNC_ENABLED) return;
    const seconds = Math.min(this.config.DISCOGS_SYNC_INTERVAL_SECONDS, MAX_SYNC_TICK_SECONDS);
    this.ticker.every('sync-discogs', seconds, async () => {
      await this.sync.syncDue();
    });
  }
}

@Module({
  imports: [DiscogsAccountModule],
  providers: [DiscogsSync, ImportPages, ImportRunner, ImportTicks, RunImportsProcessor],
  exports: [DiscogsSync, ImportRunner],
})
export class DiscogsAccountWorkerModule {}
