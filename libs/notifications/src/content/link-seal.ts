import { Injectable } from '@nestjs/common';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { z } from 'zod';

const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const MAX_SEALED = 600;

const linkAction = z.discriminatedUnion('do', [
  z.object({ do: z.literal('unsubscribe'), user: z.uuid() }),
  z.object({
    do: z.literal('mute'),
    user: z.uuid(),
    listing: z.uuid().nullable(),
    rule: z.uuid().nullable(),
  }),
  z.object({ do: z.literal('mute_seller'), user: z.uuid(), listing: z.uuid() }),
  z.object({ do: z.literal('buy'), user: z.uuid(), listing: z.uuid() }),
]);
/** What a link does, for whom. Whoever has the link may do it, without a login. */
export type LinkAction = z.infer<typeof linkAction>;

/**
 * Seals actions into links (AES-256-GCM), so that nobody makes or reads one. They do not expire: a mail from last
 * year must be unsubscribable (RFC 8058). The first secret seals, all of them open.
 */
@Injectable()
export class LinkSeal {
  private readonly keys: readonly Buffer[];

  constructor(@InjectConfig() config: Pick<AppConfig, 'NOTIFICATION_LINK_SECRET' | 'SESSION_SECRET'>) {
    const secrets = config.NOTIFICATION_LINK_SECRET ?? config.SESSION_SECRET;
    this.keys = (secrets?.split(',') ?? []).map((secret) =>
      Buffer.from(hkdfSync('sha256', secret.trim(), '', 'waxwatch notification links', KEY_BYTES)),
    );
  }

  /** Null without a secret: another process could not open it. */
  seal(action: LinkAction): string | null {
    const [key] = this.keys;
    if (!key) return null;
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, iv);
    const sealed = [cipher.update(JSON.stringify(action), 'utf8'), cipher.final(), cipher.getAuthTag()];
    return Buffer.concat([iv, ...sealed]).toString('base64url');
  }

  /** Null for what none of our secrets has sealed. */
  open(sealed: string): LinkAction | null {
    if (sealed.length > MAX_SEALED || !/^[\w-]+$/.test(sealed)) return null;
    const bytes = Buffer.from(sealed, 'base64url');
    for (const key of this.keys) {
      const plain = unseal(key, bytes);
      if (plain !== null) return linkAction.safeParse(JSON.parse(plain)).data ?? null;
    }
    return null;
  }
}

function unseal(key: Buffer, bytes: Buffer): string | null {
  if (bytes.length < IV_BYTES + TAG_BYTES) return null;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    const plain = [decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()];
    return Buffer.concat(plain).toString('utf8');
  } catch {
    return null;
  }
}
