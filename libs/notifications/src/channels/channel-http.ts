import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { Clock } from '@waxwatch/platform/clock';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { isIP } from 'node:net';
import { Agent, request } from 'undici';
import { oneLine, truncate } from '../content/plain-text';
import { ChannelError } from './channel-sender';
import { isPublicAddress, NameResolver, PrivateAddressError, PublicNames } from './public-address';

const CONNECT_TIMEOUT_MS = 2_000;
const ANSWER_TIMEOUT_MS = 5_000;
const MOST_ANSWER_BYTES = 64 * 1024;
const MOST_WAIT_SECONDS = 3_600;
const DETAIL_LENGTH = 200;
/** Request Timeout and Too Early (RFC 9110 §15.5.9, RFC 8470 §5.2). */
const LATER = new Set([408, 425]);
/** Shorter parts of a secret are words like `hooks`. */
const TELLING_LENGTH = 8;
const TIMEOUTS = {
  headersTimeout: ANSWER_TIMEOUT_MS,
  bodyTimeout: ANSWER_TIMEOUT_MS,
  maxResponseSize: MOST_ANSWER_BYTES,
};

export interface ChannelPost {
  url: string;
  headers: Record<string, string>;
  body: string | Buffer;
  /** What must not be told of an answer, should it repeat our request. */
  secrets: readonly string[];
  /** Statuses that mean that nobody is there any more. */
  gone: readonly number[];
  /** The operator chose the address, not a user. */
  isConfigured?: boolean;
}

export interface ChannelAnswer {
  status: number;
  text: string;
  headers: Record<string, string | string[] | undefined>;
}

/** Posts to providers and to whatever addresses users give; of the latter only public ones over https. */
@Injectable()
export class ChannelHttp implements BeforeApplicationShutdown {
  private readonly names: PublicNames;
  private readonly guarded: Agent;
  private readonly plain = new Agent({ connect: { timeout: CONNECT_TIMEOUT_MS }, ...TIMEOUTS });

  constructor(
    private readonly clock: Clock,
    @InjectConfig() private readonly config: Pick<AppConfig, 'CHANNEL_TRUSTED_ORIGINS'>,
    resolver: NameResolver,
  ) {
    this.names = new PublicNames(resolver);
    const connect = { lookup: this.names.lookup, timeout: CONNECT_TIMEOUT_MS };
    this.guarded = new Agent({ connect, ...TIMEOUTS });
  }

  /** Why an address is none that users may name, or null. What its name resolves to is seen when it is called. */
  refusalOf(url: string): 'address_invalid' | 'address_refused' | null {
    if (!URL.canParse(url)) return 'address_invalid';
    const { origin, protocol, hostname, username, password } = new URL(url);
    if (username !== '' || password !== '') return 'address_invalid';
    if (this.config.CHANNEL_TRUSTED_ORIGINS.includes(origin)) return null;
    if (protocol !== 'https:') return 'address_invalid';
    const host = hostOf(hostname);
    // The resolver is not asked about addresses.
    if (isIP(host) !== 0) return isPublicAddress(host) ? null : 'address_refused';
    return host.includes('.') ? null : 'address_refused';
  }

  /**
   * Posts once, follows no redirect and reads a small answer.
   * @returns a 2xx answer
   * @throws ChannelError for everything else
   */
  async post(call: ChannelPost, signal: AbortSignal): Promise<ChannelAnswer> {
    const refusal = call.isConfigured === true ? null : this.refusalOf(call.url);
    if (refusal !== null) throw new ChannelError(refusal, false);
    const isTrusted =
      call.isConfigured === true || this.config.CHANNEL_TRUSTED_ORIGINS.includes(new URL(call.url).origin);
    const answer = await this.ask(call, isTrusted, signal);
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw this.failureOf(call, answer);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.guarded.destroy(), this.plain.destroy()]);
  }

  private async ask(call: ChannelPost, isTrusted: boolean, signal: AbortSignal): Promise<ChannelAnswer> {
    const { hostname } = new URL(call.url);
    const isName = isIP(hostOf(hostname)) === 0;
    try {
      if (isTrusted) return await send(call, this.plain, signal);
      // Of addresses there is nothing to ask; `refusalOf` has looked at them.
      if (!isName) return await send(call, this.guarded, signal);
      return await this.names.during(hostname, signal, async () => await send(call, this.guarded, signal));
    } catch (error) {
      if (error instanceof PrivateAddressError) throw new ChannelError('address_refused', false);
      // Only the name of the failure: its text may have the address, and that may be a secret.
      const code = (error as { code?: unknown }).code;
      const detail = typeof code === 'string' ? code : 'no answer';
      throw new ChannelError('unreachable', true, undefined, { detail });
    }
  }

  private failureOf(call: ChannelPost, { status, text, headers }: ChannelAnswer): ChannelError {
    const detail = `${status} ${clean(text, call.secrets)}`.trim();
    if (call.gone.includes(status)) return new ChannelError('target_gone', false, undefined, { detail });
    const wait = this.waitOf(headers['retry-after'], text);
    if (status === 429) return new ChannelError('rate_limited', true, wait, { detail });
    if (status >= 500 || LATER.has(status)) return new ChannelError(`http_${status}`, true, wait, { detail });
    if (status >= 300 && status < 400)
      return new ChannelError('redirect_refused', false, undefined, { detail: String(status) });
    return new ChannelError(`http_${status}`, false, undefined, { detail });
  }

  /** Seconds that a provider asks for in a header (RFC 9110 §10.2.3) or, as Telegram and Discord do, in the body. */
  private waitOf(header: string | string[] | undefined, text: string): number | undefined {
    const stated = Array.isArray(header) ? header[0] : header;
    const inBody = /"retry_after"\s*:\s*(\d+(?:\.\d+)?)/.exec(text)?.[1];
    const asDate = stated === undefined ? NaN : (Date.parse(stated) - this.clock.now().getTime()) / 1000;
    const seconds = [Number(inBody ?? NaN), Number(stated ?? NaN), asDate].find(Number.isFinite);
    return seconds === undefined ? undefined : Math.min(Math.max(Math.ceil(seconds), 1), MOST_WAIT_SECONDS);
  }
}

/** IPv6 addresses stand in brackets within a URL. */
const hostOf = (hostname: string): string => hostname.replace(/^\[|\]$/g, '');

async function send(call: ChannelPost, dispatcher: Agent, signal: AbortSignal): Promise<ChannelAnswer> {
  const { url, headers, body } = call;
  const answer = await request(url, { method: 'POST', headers, body, dispatcher, signal });
  // The status is the answer. Who has taken a message and goes on talking is not to be sent it again.
  const text = await answer.body.text().catch(() => '');
  return { status: answer.statusCode, text, headers: answer.headers };
}

/** Servers repeat of an address its path only, and of a header only the token. */
function clean(text: string, secrets: readonly string[]): string {
  const parts = secrets.flatMap((secret) => secret.split(/[\s/?&=#:]+/)).filter(isTelling);
  const harmless = [...secrets, ...parts]
    .filter((secret) => secret !== '')
    .reduce((kept, secret) => kept.replaceAll(secret, '***'), text);
  return truncate(oneLine(harmless), DETAIL_LENGTH);
}

const isTelling = ({ length }: string): boolean => length >= TELLING_LENGTH;
