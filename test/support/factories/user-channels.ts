import { Database } from '@waxwatch/platform/database';
import { TokenCrypto } from '@waxwatch/platform/token-crypto';
import { randomUUID } from 'node:crypto';
import type { HttpApp } from '../http-app';

/** A Telegram chat that waits for the code 123456. @returns its id */
export async function insertChat({ app }: Pick<HttpApp, 'app'>, userId: string): Promise<string> {
  const id = randomUUID();
  const secret = await app
    .get(TokenCrypto, { strict: false })
    .encrypt(JSON.stringify({ chatId: '42', code: '123456' }), {
      userId,
      provider: 'telegram',
      field: 'user_channels.secret',
    });
  await app.get(Database, { strict: false }).rows(
    `INSERT INTO user_channels (id, user_id, channel, is_enabled, secret, target_hash)
     VALUES ($1::uuid, $2, 'telegram', false, $3, $1::uuid::text)
     ON CONFLICT (user_id, channel) WHERE channel <> 'push' DO UPDATE
     SET id = excluded.id, secret = excluded.secret, verified_at = NULL, config = '{}'`,
    [id, userId, secret],
  );
  return id;
}
