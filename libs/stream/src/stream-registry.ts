import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Metrics } from '@waxwatch/platform/metrics';
import type { ServerResponse } from 'node:http';
import { type CloseReason, EventStream } from './event-stream';
import { PING } from './frame';

/** What one user's open streams have in common. */
export interface UserFeed {
  readonly userId: string;
  /** The newest id known to be committed. */
  knownId: number;
  /** In the order in which they were opened. */
  readonly streams: Set<EventStream>;
}

const MAX_SLICES = 20;
const MIN_SLICE_MS = 100;
/** A tab that had to make room should not come straight back and push out the next one. */
const CAP_RETRY_MS = 30_000;

/** Between two and five seconds. */
export const spreadRetryMs = (): number => 2000 + Math.random() * 3000;

/** The open streams of this process. */
@Injectable()
export class StreamRegistry implements OnModuleDestroy {
  private readonly feeds = new Map<string, UserFeed>();
  private readonly slices: Set<EventStream>[];
  private readonly heartbeat: NodeJS.Timeout;
  private opened = 0;
  private openNow = 0;
  private ended = false;
  private readonly closed;

  constructor(
    @InjectConfig() private readonly config: AppConfig,
    metrics: Metrics,
  ) {
    this.closed = metrics.counter('waxwatch_stream_closed_total', 'Event streams by the reason they ended', [
      'reason',
    ]);
    metrics.gaugeFrom('waxwatch_stream_clients', 'Open event streams', () => this.openNow);
    const heartbeatMs = config.STREAM_HEARTBEAT_SECONDS * 1000;
    const count = Math.min(MAX_SLICES, Math.max(1, Math.floor(heartbeatMs / MIN_SLICE_MS)));
    this.slices = Array.from({ length: count }, () => new Set<EventStream>());
    this.heartbeat = this.startHeartbeat(heartbeatMs / count);
  }

  /**
   * A stream that is registered, so that no hint passes it by, but not started yet. A user's oldest stream makes
   * room for a new one over the limit: the newest tab is the one that is looked at, and what a lost network left
   * behind is the oldest.
   */
  open(userId: string, response: ServerResponse): EventStream {
    const feed = this.feeds.get(userId) ?? { userId, knownId: 0, streams: new Set<EventStream>() };
    this.feeds.set(userId, feed);
    const slice = this.slices[this.opened++ % this.slices.length];
    const stream = new EventStream(userId, response, (closed, reason) => {
      this.forget(closed, reason);
      slice?.delete(closed);
    });
    feed.streams.add(stream);
    slice?.add(stream);
    this.openNow += 1;
    this.makeRoom(feed);
    return stream;
  }

  feedOf(userId: string): UserFeed | undefined {
    return this.feeds.get(userId);
  }

  allFeeds(): UserFeed[] {
    return [...this.feeds.values()];
  }

  /** The process is on its way out and opens no stream any more. */
  get hasEnded(): boolean {
    return this.ended;
  }

  /** Ends every stream; from now on `hasEnded`. Clients are asked to come back at different times. */
  end(): void {
    this.ended = true;
    clearInterval(this.heartbeat);
    for (const feed of [...this.feeds.values()]) {
      for (const stream of [...feed.streams]) stream.close('drain', spreadRetryMs());
    }
  }

  onModuleDestroy(): void {
    this.end();
  }

  private makeRoom(feed: UserFeed): void {
    for (const oldest of [...feed.streams]) {
      if (feed.streams.size <= this.config.STREAM_MAX_PER_USER) return;
      oldest.close('cap', CAP_RETRY_MS);
    }
  }

  private forget(stream: EventStream, reason: CloseReason): void {
    this.closed.inc({ reason });
    this.openNow -= 1;
    const feed = this.feeds.get(stream.userId);
    feed?.streams.delete(stream);
    if (feed?.streams.size === 0) this.feeds.delete(stream.userId);
  }

  /** One timer for all: each tick serves one slice, so that ten thousand pings do not fall on one moment. */
  private startHeartbeat(tickMs: number): NodeJS.Timeout {
    let tick = 0;
    const timer = setInterval(() => {
      const slice = this.slices[tick++ % this.slices.length] ?? [];
      for (const stream of slice) if (stream.position !== undefined) stream.write(PING);
    }, tickMs);
    return timer.unref();
  }
}
