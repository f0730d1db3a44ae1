import { type ExecutionContext, Injectable } from '@nestjs/common';
import { normalizeIp } from '@nestjs/throttler';
import type { IncomingHttpHeaders } from 'node:http';
import { RequestNote } from '../http/request-note';

/** Who verifies credentials says here who is calling. */
export interface CallerSource {
  /** The user of a request whose credential has been verified before; without any waiting. */
  recall(request: LimitedRequest): string | null;
  /** The user of a request whose credential counts. Never fails. */
  verify(context: ExecutionContext): Promise<string | null>;
}

/** What limits look at in a request. */
export interface LimitedRequest {
  /** The client's address as the trusted proxies state it. */
  readonly ip?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

const NOBODY: CallerSource = {
  recall: () => null,
  verify: async () => await Promise.resolve(null),
};

/**
 * On whose budget a request goes. That is a user only once the credential has been verified; everything a client
 * merely says about itself counts for the client's address, however many tokens it makes up.
 */
@Injectable()
export class Callers {
  private source = NOBODY;
  private readonly users = new RequestNote<string>('caller');

  /** Without a source there are only clients. */
  learnFrom(source: CallerSource): void {
    this.source = source;
  }

  /** Whether the request is known to be a user's, without any waiting. */
  recall(request: LimitedRequest): boolean {
    return this.note(request, this.source.recall(request));
  }

  /** Whether the request is a user's. Credentials of a route that asks for none do not make it one. */
  async verify(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<LimitedRequest>();
    return this.note(request, await this.source.verify(context));
  }

  /** Names the budget of a request: the user's if known by now, else the client's. */
  subjectOf(request: LimitedRequest): string {
    const userId = this.users.get(request);
    if (userId !== undefined) return `user:${userId}`;
    const client = request.ip === undefined ? 'unknown' : normalizeIp(request.ip);
    return hasBearerToken(request) ? `client:${client}:bearer` : `client:${client}`;
  }

  private note(request: LimitedRequest, userId: string | null): boolean {
    this.users.set(request, userId ?? undefined);
    return userId !== null;
  }
}

/** Whether the request carries a bearer token, good or not. */
export const hasBearerToken = ({ headers }: LimitedRequest): boolean =>
  headers.authorization !== undefined && /^\s*bearer\s+\S/i.test(headers.authorization);
