import { type ExecutionContext, Injectable } from '@nestjs/common';
import { RequestNote } from '../http/request-note';
import { Callers, hasBearerToken, type LimitedRequest } from './callers';
import type { CountedRequest } from './rate-limit-storage';
import { RateLimits } from './rate-limits';

/**
 * The budget that every request goes on, asked before anything else of the request is looked at. A credential that
 * was verified before tells whose budget that is. Any other request goes on its client's budget first; when its
 * credential turns out to be good, the client gets the request back and the user is charged.
 */
@Injectable()
export class GlobalLimit {
  /** Requests that a client was charged for. */
  private readonly charged = new RequestNote<CountedRequest>('charged');

  constructor(
    private readonly limits: RateLimits,
    private readonly callers: Callers,
  ) {}

  /** @throws RateLimitedError */
  async admit(request: LimitedRequest): Promise<void> {
    const isKnown = this.callers.recall(request);
    const scope = isKnown || hasBearerToken(request) ? 'global_authenticated' : 'global_anonymous';
    const charge = await this.limits.take(scope, this.callers.subjectOf(request));
    if (!isKnown) this.charged.set(request, charge);
  }

  /**
   * Charges the user instead of the client if the request has turned out to be a user's.
   * @throws RateLimitedError when the user has no budget left
   */
  async settle(context: ExecutionContext): Promise<void> {
    const request = context.switchToHttp().getRequest<LimitedRequest>();
    const charge = this.charged.get(request);
    if (charge === undefined || !(await this.callers.verify(context))) return;
    this.charged.set(request, undefined);
    charge.undo();
    await this.limits.take('global_authenticated', this.callers.subjectOf(request));
  }
}
