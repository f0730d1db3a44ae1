import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TABLE ebay_account_deletions (
     notification_id varchar(200) NOT NULL,
     seller_names text[],
     passes smallint NOT NULL DEFAULT 0,
     received_at timestamptz NOT NULL DEFAULT now(),
     erased_at timestamptz,
     due_at timestamptz NOT NULL DEFAULT now(),
     lease_token uuid,
     CONSTRAINT "PK_11c2ba1f4a0a55a1a2a9b0e8a0c" PRIMARY KEY (notification_id)
   )`,
  `CREATE INDEX ix_ebay_account_deletions_due ON ebay_account_deletions (due_at) WHERE seller_names IS NOT NULL`,
];

const DOWN = ['DROP TABLE ebay_account_deletions'];

/** Accounts that eBay tells us were closed. */
export class EbayAccountDeletions1764000000045 implements MigrationInterface {
  readonly name = 'EbayAccountDeletions1764000000045';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
