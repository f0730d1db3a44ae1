import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { parseSessionsEnd, Sessions, SESSIONS_END_CHANNEL } from '@waxwatch/auth';
import { parseStreamHints, STREAM_CHANNEL } from '@waxwatch/notifications';
import { Database } from '@waxwatch/platform/database';
import { Lifecycle } from '@waxwatch/platform/lifecycle';
import { PubSub } from '@waxwatch/platform/pubsub';
import { STREAM_STATES } from './stream.sql';
import { StreamFeeder } from './stream-feeder';
import { spreadRetryMs, StreamRegistry, type UserFeed } from './stream-registry';

const POLL_MS = 20_000;

interface StreamState {
  user_id: string;
  is_active: boolean;
  tokens_valid_from: string | null;
  last_id: number;
}

/**
 * Learns what happens to users with open streams: from hints at once, and every 20 seconds from the table, which
 * also tells who signed out or is gone.
 */
@Injectable()
export class StreamWatch implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('stream');
  private timer: NodeJS.Timeout | undefined;
  private isPolling = false;

  constructor(
    private readonly pubsub: PubSub,
    private readonly db: Database,
    private readonly sessions: Sessions,
    private readonly registry: StreamRegistry,
    private readonly feeder: StreamFeeder,
    private readonly lifecycle: Lifecycle,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.lifecycle.onDrain('streams', 'event-streams', async () => {
      this.registry.end();
      await Promise.resolve();
    });
    this.timer = setInterval(() => {
      this.poll().catch((error: unknown) => this.logger.warn({ event: 'stream.poll_failed', err: error }));
    }, POLL_MS).unref();
    await this.pubsub.subscribe(STREAM_CHANNEL, (message) => {
      for (const hint of parseStreamHints(message)) this.feeder.reaches(hint.user_id, hint.stream_id);
    });
    await this.pubsub.subscribe(SESSIONS_END_CHANNEL, (message) => this.endSessions(message));
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Catches up on lost hints and ends the streams of those who may not read on. */
  async poll(): Promise<void> {
    const feeds = this.registry.allFeeds();
    if (feeds.length === 0 || this.isPolling) return;
    this.isPolling = true;
    try {
      const asked = feeds.flatMap((feed) => [...feed.streams]).flatMap(({ sessionId }) => sessionId ?? []);
      const live = await this.sessions.liveAmong(asked);
      const ended = new Set(asked.filter((id) => !live.has(id)));
      const states = await this.db.rows<StreamState>(STREAM_STATES, [feeds.map((feed) => feed.userId)]);
      const byUser = new Map(states.map((state) => [state.user_id, state]));
      for (const feed of feeds) this.check(feed, byUser.get(feed.userId), ended);
    } finally {
      this.isPolling = false;
    }
  }

  /** A session that ends takes its streams along; those with a token of their own stay. */
  private endSessions(message: string): void {
    const end = parseSessionsEnd(message);
    if (!end) return;
    for (const feed of this.registry.allFeeds()) {
      if ('user_id' in end && feed.userId !== end.user_id) continue;
      for (const stream of [...feed.streams]) {
        const isMeant = 'user_id' in end ? stream.sessionId !== null : stream.sessionId === end.session_id;
        if (isMeant) stream.close('revoked', spreadRetryMs());
      }
    }
  }

  private check(feed: UserFeed, state: StreamState | undefined, ended: ReadonlySet<string>): void {
    for (const stream of [...feed.streams]) {
      if (stream.position === undefined) continue;
      if (ended.has(stream.sessionId ?? '')) stream.close('revoked', spreadRetryMs());
      if (!state?.is_active) stream.close('account', spreadRetryMs());
      // A stream that was opened while we were asking knows more than we do; that is no sign-out.
      else if (isAfter(state.tokens_valid_from, stream.tokensValidFrom))
        stream.close('revoked', spreadRetryMs());
    }
    if (state) this.feeder.reaches(feed.userId, state.last_id);
  }
}

/** Compares instants of the wire, whose text sorts like their time except for a missing fraction. */
const isAfter = (later: string | null, earlier: string | null): boolean =>
  later !== null && (earlier === null || whole(later) > whole(earlier));

const whole = (instant: string): string =>
  instant.includes('.') ? instant : instant.replace('Z', '.000000Z');
