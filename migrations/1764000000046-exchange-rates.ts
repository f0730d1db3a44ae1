import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TABLE exchange_rates (
     rate_date date NOT NULL,
     currency varchar(3) NOT NULL,
     rate numeric(18,8) NOT NULL,
     PRIMARY KEY (rate_date, currency)
   )`,
  `CREATE TABLE exchange_rate_refresh (
     id smallint NOT NULL PRIMARY KEY,
     due_at timestamptz NOT NULL DEFAULT now(),
     lease_token uuid,
     failures smallint NOT NULL DEFAULT 0,
     last_error varchar(40),
     refreshed_at timestamptz,
     CONSTRAINT ck_exchange_rate_refresh_single CHECK (id = 1)
   )`,
  'INSERT INTO exchange_rate_refresh (id) VALUES (1)',
];

const DOWN = ['DROP TABLE exchange_rate_refresh', 'DROP TABLE exchange_rates'];

/** Reference rates by day, and when to ask for the next ones. */
export class ExchangeRates1764000000046 implements MigrationInterface {
  readonly name = 'ExchangeRates1764000000046';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
