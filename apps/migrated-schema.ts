import { Injectable, Logger, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { Readiness } from '@waxwatch/health';
import { Database } from '@waxwatch/platform/database';
import { Lifecycle } from '@waxwatch/platform/lifecycle';
import { MIGRATIONS } from '../migrations/all-migrations';
import { MIGRATIONS_TABLE } from '../migrations/data-source';

const RETRY_MS = 2000;
const UNDEFINED_TABLE = '42P01';

/**
 * Keeps `/readyz` at no until every migration of this release has run, so that one that is rolled out too early takes
 * no requests from the one before. Migrations of a later release are nothing to wait for.
 */
@Injectable()
export class MigratedSchema implements OnApplicationBootstrap {
  private readonly logger = new Logger('migrations');
  private readonly gate;

  constructor(
    private readonly db: Database,
    private readonly lifecycle: Lifecycle,
    readiness: Readiness,
  ) {
    this.gate = readiness.require('migrations');
  }

  async onApplicationBootstrap(): Promise<void> {
    if (await this.isThere()) return;
    void this.waitUntilThere();
  }

  private async waitUntilThere(): Promise<void> {
    while (!this.lifecycle.isDraining) {
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
      if (await this.isThere()) return;
    }
  }

  private async isThere(): Promise<boolean> {
    try {
      const missing = await this.missing();
      if (missing.length > 0) {
        this.logger.error({ event: 'migrations.missing', count: missing.length, first: missing[0] });
        return false;
      }
      this.gate.markReady();
      return true;
    } catch (error) {
      this.logger.error({ event: 'migrations.check_failed', err: error });
      return false;
    }
  }

  private async missing(): Promise<string[]> {
    const wanted = MIGRATIONS.map(({ name }) => name);
    try {
      const ran = await this.db.rows<{ name: string }>(`SELECT name FROM ${MIGRATIONS_TABLE}`);
      const names = new Set(ran.map(({ name }) => name));
      return wanted.filter((name) => !names.has(name));
    } catch (error) {
      if ((error as { code?: unknown }).code === UNDEFINED_TABLE) return wanted;
      throw error;
    }
  }
}

/** For every process that works on the database; needs the `HealthModule`. */
@Module({ providers: [MigratedSchema] })
export class MigratedSchemaModule {}
