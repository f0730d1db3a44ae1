import { Injectable } from '@nestjs/common';
import { Clock } from '@waxwatch/platform/clock';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { SessionSeal } from './session-seal';
import type { OpenedSession } from './sessions';

export const SESSION_COOKIE = 'waxwatch_session';

/** Whether a request came over HTTPS, as the trusted proxies state it. */
interface Transport {
  readonly secure: boolean;
}

/** The cookie that keeps a browser signed in: not for scripts, and not sent along by other sites' forms. */
@Injectable()
export class SessionCookie {
  constructor(
    private readonly seal: SessionSeal,
    private readonly clock: Clock,
    @InjectConfig() private readonly config: Pick<AppConfig, 'isProductionLike'>,
  ) {}

  /** Kept by the browser for as long as the session may live; whether it does is decided here. */
  async set(request: Transport, response: ServerResponse, { id, expiresAt }: OpenedSession): Promise<void> {
    const maxAge = Math.floor((expiresAt.getTime() - this.clock.now().getTime()) / 1000);
    this.write(request, response, await this.seal.seal(id), maxAge);
  }

  /** Takes the cookie away, if there is one. */
  clear(request: Transport & Pick<IncomingMessage, 'headers'>, response: ServerResponse): void {
    if (cookieOf(request) !== null) this.write(request, response, '', 0);
  }

  private write({ secure }: Transport, response: ServerResponse, value: string, maxAge: number): void {
    const isSecure = secure || this.config.isProductionLike;
    const attributes = [`Max-Age=${maxAge}`, 'Path=/', 'HttpOnly', 'SameSite=Lax'];
    if (isSecure) attributes.push('Secure');
    response.appendHeader('Set-Cookie', [`${SESSION_COOKIE}=${value}`, ...attributes].join('; '));
  }
}

/** The sealed session that a request carries, or null. */
export function cookieOf({ headers }: Pick<IncomingMessage, 'headers'>): string | null {
  for (const pair of headers.cookie?.split(';') ?? []) {
    const [name = '', ...value] = pair.split('=');
    if (name.trim() === SESSION_COOKIE) return value.join('=').trim() || null;
  }
  return null;
}
