import { type ExecutionContext, Inject, Injectable, Logger } from '@nestjs/common';
import { AppError } from '@waxwatch/platform/errors';
import { onBehalfOf, RequestNote } from '@waxwatch/platform/http';
import type { IncomingMessage } from 'node:http';
import { type Credential, CREDENTIAL_SOURCES, type CredentialSource } from './credential';

/** The verified credential of a request, whichever source it comes from; verified once per request. */
@Injectable()
export class Credentials {
  private readonly logger = new Logger('auth');
  private readonly known = new RequestNote<Promise<Credential>>('credential');

  constructor(@Inject(CREDENTIAL_SOURCES) private readonly sources: readonly CredentialSource[]) {}

  /** @throws AppError 401 without a credential that counts, 503 when it cannot be checked just now */
  async read(context: ExecutionContext): Promise<Credential> {
    const request = context.switchToHttp().getRequest<object>();
    let credential = this.known.get(request);
    if (!credential) {
      credential = this.verify(context);
      this.known.set(request, credential);
    }
    return await credential;
  }

  /** The credential if one of the sources has verified it before; without any waiting. */
  recall(request: IncomingMessage): Credential | null {
    for (const source of this.sources) {
      const credential = source.recall?.(request);
      if (credential === undefined) continue;
      if (credential !== null && source.isRecallAGuess !== true)
        this.known.set(request, Promise.resolve(credential));
      return credential;
    }
    return null;
  }

  private async verify(context: ExecutionContext): Promise<Credential> {
    for (const source of this.sources) {
      const credential = await source.read(context);
      if (credential) return credential;
    }
    const request = context.switchToHttp().getRequest<object>();
    onBehalfOf(request, () => this.logger.log({ event: 'auth.missing_bearer' }));
    throw new AppError('unauthenticated', 'missing bearer token');
  }
}
