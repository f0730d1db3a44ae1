import { randomUUID } from 'node:crypto';
import type { Database } from '@waxwatch/platform/database';

export interface NewTestUser {
  id?: string;
  email?: string;
  currency?: string | null;
  timezone?: string | null;
  isActive?: boolean;
}

/** @returns the user's id */
export async function insertUser(db: Pick<Database, 'rows'>, user: NewTestUser = {}): Promise<string> {
  const id = user.id ?? randomUUID();
  await db.rows(
    `INSERT INTO users (id, email, hashed_password, currency, timezone, is_active) VALUES ($1, $2, '!', $3, $4, $5)`,
    [
      id,
      user.email ?? `${id}@collector.example`,
      user.currency ?? null,
      user.timezone ?? null,
      user.isActive ?? true,
    ],
  );
  return id;
}
