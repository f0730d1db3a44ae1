import { Injectable } from '@nestjs/common';
import type { Principal } from '@waxwatch/auth';
import { Clock } from '@waxwatch/platform/clock';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Database } from '@waxwatch/platform/database';
import { AppError } from '@waxwatch/platform/errors';
import type { ServerResponse } from 'node:http';
import { type EventStream, isGone } from './event-stream';
import { startingPoint } from './resume';
import { STREAM_POSITION } from './stream.sql';
import { StreamFeeder } from './stream-feeder';
import { spreadRetryMs, StreamRegistry } from './stream-registry';

interface Position {
  is_active: boolean;
  tokens_valid_from: string | null;
  last_id: number;
}

/** Opens event streams. */
@Injectable()
export class StreamService {
  constructor(
    private readonly db: Database,
    private readonly registry: StreamRegistry,
    private readonly feeder: StreamFeeder,
    private readonly clock: Clock,
    @InjectConfig() private readonly config: AppConfig,
  ) {}

  /**
   * Turns a response into an event stream that starts behind `lastEventId`. Registered first and positioned
   * second, so that nothing falls between the two; no database connection is held once this has returned.
   * @throws AppError before anything was sent
   */
  async open(response: ServerResponse, principal: Principal, lastEventId: string | undefined): Promise<void> {
    if (isGone(response)) return;
    if (this.registry.hasEnded) throw new AppError('unavailable', 'shutting down', { retryAfterSeconds: 2 });
    const stream = this.registry.open(principal.userId, response);
    stream.sessionId = principal.sessionId ?? null;
    try {
      await this.start(stream, principal, lastEventId);
    } catch (error) {
      stream.abandon('failed');
      throw error;
    }
  }

  private async start(
    stream: EventStream,
    principal: Principal,
    lastEventId: string | undefined,
  ): Promise<void> {
    const [position] = await this.db.rows<Position>(STREAM_POSITION, [principal.userId]);
    if (stream.closeReason === 'client') return;
    if (stream.closeReason !== undefined) {
      throw new AppError('unavailable', 'too many event streams', { retryAfterSeconds: 2 });
    }
    if (!position) throw new AppError('unauthenticated', 'Unknown user');
    if (!position.is_active) throw new AppError('forbidden', 'User account is inactive');
    stream.tokensValidFrom = position.tokens_valid_from;
    this.limitAge(stream, principal);
    stream.start(startingPoint(lastEventId, position.last_id));
    this.feeder.reaches(principal.userId, position.last_id);
  }

  /** Streams opened together do not all end together, and none outlives its credential. */
  private limitAge(stream: EventStream, { expiresAt }: Principal): void {
    const ageMs = this.config.STREAM_MAX_AGE_SECONDS * 1000 * (0.8 + Math.random() * 0.4);
    const credentialMs = Math.max(0, expiresAt * 1000 - this.clock.now().getTime());
    if (credentialMs < ageMs) stream.endAfter(credentialMs, 'expired', spreadRetryMs());
    else stream.endAfter(ageMs, 'age', spreadRetryMs());
  }
}
