import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = ['ALTER TABLE users ADD COLUMN ebay_marketplace_id varchar(20)'];

const DOWN = ['ALTER TABLE users DROP COLUMN ebay_marketplace_id'];

/** Where a user's rules ask eBay when they name no marketplace. */
export class UsersMarketplace1764000000051 implements MigrationInterface {
  readonly name = 'UsersMarketplace1764000000051';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
