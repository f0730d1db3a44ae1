import { createHash, verify } from 'node:crypto';
import { z } from 'zod';
import { parseJson } from '../http/request-spec';
import type { ProviderCall } from '../listing-provider';
import type { EbayApi } from './ebay-api';
import { EbayNotificationKeys, type NotificationKey } from './ebay-notification-keys';

const signatureSchema = z.object({
  alg: z.string().regex(/^ecdsa$/i),
  kid: z.string().regex(/^[\w-]{1,100}$/),
  signature: z.base64().max(1_000),
});

/** What eBay sends to our endpoints of its own accord, and whether eBay really did. */
export class EbayNotifications {
  private readonly keys: EbayNotificationKeys;

  constructor(api: EbayApi, now: () => Date) {
    this.keys = new EbayNotificationKeys(api, () => now().getTime());
  }

  /**
   * Whether eBay signed this body.
   * @param body the bytes as they came
   * @param header the value of `X-EBAY-SIGNATURE`
   * @throws ProviderError when eBay's public key cannot be had just now
   */
  async isGenuine(body: Buffer, header: string | undefined, call: ProviderCall): Promise<boolean> {
    const stated = readSignature(header);
    if (!stated) return false;
    const key = await this.keys.get(stated.kid, call);
    return key !== null && isSigned(body, key, Buffer.from(stated.signature, 'base64'));
  }
}

function readSignature(header: string | undefined): z.infer<typeof signatureSchema> | null {
  if (header === undefined || header.length > 4_000) return null;
  const parsed = signatureSchema.safeParse(parseJson(Buffer.from(header, 'base64').toString('utf8')));
  return parsed.success ? parsed.data : null;
}

/** eBay's own SDK checks the body written anew as compact JSON; where the two differ either may be what was signed. */
function isSigned(body: Buffer, { key, digest }: NotificationKey, signature: Buffer): boolean {
  if (verify(digest, body, key, signature)) return true;
  const parsed = parseJson(body.toString('utf8'));
  return parsed !== undefined && verify(digest, Buffer.from(JSON.stringify(parsed)), key, signature);
}

/**
 * The answer to eBay's challenge, which proves that the endpoint is ours.
 * @param endpoint exactly as it is registered with eBay
 * @returns lower-case hexadecimal
 */
export function answerEbayChallenge(code: string, verificationToken: string, endpoint: string): string {
  return createHash('sha256').update(code).update(verificationToken).update(endpoint).digest('hex');
}
