import { Injectable } from '@nestjs/common';
import { AppError } from '@waxwatch/platform/errors';
import { type KeyObject, X509Certificate } from 'node:crypto';
import { Agent, request } from 'undici';

const FETCH_TIMEOUT_MS = 5_000;
const MOST_KEYS = 10;
/** A certificate has some two thousand bytes. */
const agent = new Agent({ maxResponseSize: 64 * 1024 });

/** The keys of Amazon SNS. Certificates change with their address, so that each is fetched once. */
@Injectable()
export class SnsCertificates {
  private readonly keys = new Map<string, KeyObject>();
  private readonly underWay = new Map<string, Promise<KeyObject | null>>();

  /**
   * Whoever asks while a certificate is being fetched waits for the same answer. Only keys are remembered, so what
   * failed is fetched again.
   * @returns null when there is something else than a certificate with an RSA key
   * @throws AppError 503 when there is no answer, or an error
   */
  async keyAt(url: string): Promise<KeyObject | null> {
    const known = this.keys.get(url);
    if (known) return known;
    const running = this.underWay.get(url) ?? this.start(url);
    return await running;
  }

  private start(url: string): Promise<KeyObject | null> {
    const fetching = this.fetch(url).finally(() => this.underWay.delete(url));
    this.underWay.set(url, fetching);
    return fetching;
  }

  private async fetch(url: string): Promise<KeyObject | null> {
    const key = keyIn(await fetchText(url));
    if (!key) return null;
    if (this.keys.size >= MOST_KEYS) this.keys.clear();
    this.keys.set(url, key);
    return key;
  }
}

function keyIn(text: string): KeyObject | null {
  try {
    const { publicKey } = new X509Certificate(text);
    return publicKey.asymmetricKeyType === 'rsa' ? publicKey : null;
  } catch {
    return null;
  }
}

/**
 * Reads a short answer from an address of SNS.
 * @throws AppError 503, after which SNS sends its message again
 */
export async function fetchText(url: string): Promise<string> {
  try {
    const { statusCode, body } = await request(url, {
      dispatcher: agent,
      signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
    });
    const text = await body.text();
    if (statusCode === 200) return text;
    throw new Error(`status ${statusCode}`);
  } catch (cause) {
    throw new AppError('unavailable', 'Amazon SNS cannot be reached just now', { cause });
  }
}
