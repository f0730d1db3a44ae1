import type { MigrationInterface, QueryRunner } from 'typeorm';
import { buildIndex } from './on-live-tables';

const NAME = 'ix_watch_releases_discogs_release';

/** Whoever learns what is printed on a release looks for its watches. */
export class WatchesOfReleases1764000000043 implements MigrationInterface {
  readonly name = 'WatchesOfReleases1764000000043';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await buildIndex(runner, NAME, 'watch_releases (discogs_release_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX ${NAME}`);
  }
}
