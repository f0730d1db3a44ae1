import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TABLE sessions (
     id uuid NOT NULL,
     user_id uuid NOT NULL,
     is_admin boolean NOT NULL DEFAULT false,
     created_at timestamptz NOT NULL DEFAULT now(),
     last_seen_at timestamptz NOT NULL,
     idle_expires_at timestamptz NOT NULL,
     expires_at timestamptz NOT NULL,
     revoked_at timestamptz,
     refresh_token text,
     refresh_due_at timestamptz,
     refresh_lease_until timestamptz,
     CONSTRAINT "PK_3238ef96f18b355b671619111bc" PRIMARY KEY (id)
   )`,
  `CREATE TABLE used_login_nonces (
     nonce_hash varchar(64) NOT NULL,
     expires_at timestamptz NOT NULL,
     CONSTRAINT "PK_ea0406ce9075536f4826f522e59" PRIMARY KEY (nonce_hash)
   )`,
  `CREATE INDEX ix_sessions_user ON sessions (user_id)`,
  `CREATE INDEX ix_used_login_nonces_expires ON used_login_nonces (expires_at)`,
  `ALTER TABLE sessions ADD CONSTRAINT "FK_085d540d9f418cfbdc7bd55bb19"
     FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE`,
];

const DOWN = ['DROP TABLE used_login_nonces', 'DROP TABLE sessions'];

/** Browsers that are signed in, and hand-overs to the mobile app that have happened. */
export class Sessions1764000000020 implements MigrationInterface {
  readonly name = 'Sessions1764000000020';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}
