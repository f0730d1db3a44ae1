import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Callers, type CallerSource } from '@waxwatch/platform/rate-limit';
import type { IncomingMessage } from 'node:http';
import { Credentials } from './credentials';
import { IS_PUBLIC } from './principal';

/**
 * Tells the request limits who is calling. On a public route that is nobody: a login is counted by address, whoever
 * is signed in there already.
 */
@Injectable()
export class VerifiedCallers implements CallerSource {
  constructor(
    callers: Callers,
    private readonly reflector: Reflector,
    private readonly credentials: Credentials,
  ) {
    callers.learnFrom(this);
  }

  recall(request: IncomingMessage): string | null {
    return this.credentials.recall(request)?.userId ?? null;
  }

  async verify(context: ExecutionContext): Promise<string | null> {
    const isPublic = this.reflector.getAllAndOverride<boolean | undefined>(IS_PUBLIC, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (isPublic === true) return null;
    // The guard that asks for a login reads the same credential, and fails with the same reason.
    const credential = await this.credentials.read(context).catch(() => null);
    return credential?.userId ?? null;
  }
}
