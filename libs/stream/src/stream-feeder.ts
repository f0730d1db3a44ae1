import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Database } from '@waxwatch/platform/database';
import { Metrics } from '@waxwatch/platform/metrics';
import { type Frame, notificationFrame, type StreamRow } from './frame';
import { STREAM_ROWS } from './stream.sql';
import { StreamRegistry, type UserFeed } from './stream-registry';

const USERS_PER_QUERY = 500;
const ROWS_PER_USER = 200;
const RETRY_MS = 1000;

/** A user whose streams lack something: everything after `after` is read, and `known` is known to be there. */
interface Want {
  feed: UserFeed;
  after: number;
  known: number;
}

/**
 * Reads the rows that open streams lack and writes them there; replay and live events are the same to it. One
 * query at a time: whatever is asked for meanwhile, however often, goes into the next one.
 */
@Injectable()
export class StreamFeeder implements OnModuleDestroy {
  private readonly logger = new Logger('stream');
  private readonly frames;
  private readonly hungry = new Set<UserFeed>();
  private isReading = false;
  private retryTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly db: Database,
    private readonly registry: StreamRegistry,
    metrics: Metrics,
  ) {
    this.frames = metrics.counter('waxwatch_stream_frames_total', 'Notifications written to event streams');
  }

  /** The user's stream reaches at least `id`; streams that lack something get it soon. */
  reaches(userId: string, id: number): void {
    const feed = this.registry.feedOf(userId);
    if (!feed) return;
    feed.knownId = Math.max(feed.knownId, id);
    this.hungry.add(feed);
    if (!this.isReading) void this.readOn();
  }

  onModuleDestroy(): void {
    clearTimeout(this.retryTimer);
    this.hungry.clear();
  }

  private async readOn(): Promise<void> {
    this.isReading = true;
    clearTimeout(this.retryTimer);
    try {
      while (this.hungry.size > 0) await this.readOnce();
    } catch (error) {
      this.logger.warn({ event: 'stream.read_failed', err: error });
      this.retryTimer = setTimeout(() => void this.readOn(), RETRY_MS).unref();
    } finally {
      this.isReading = false;
    }
  }

  private async readOnce(): Promise<void> {
    const batch = [...this.hungry].slice(0, USERS_PER_QUERY);
    const wants = batch.flatMap(wantOf);
    for (const feed of batch) this.hungry.delete(feed);
    if (wants.length === 0) return;
    try {
      const rows = await this.db.rows<StreamRow>(STREAM_ROWS, [
        wants.map((want) => want.feed.userId),
        wants.map((want) => want.after),
        ROWS_PER_USER,
      ]);
      const frames = framesByUser(rows);
      for (const want of wants) this.serve(want, frames.get(want.feed.userId) ?? []);
    } catch (error) {
      for (const { feed } of wants) this.hungry.add(feed);
      throw error;
    }
  }

  private serve({ feed, after, known }: Want, frames: readonly Frame[]): void {
    const isWhole = frames.length < ROWS_PER_USER;
    for (const stream of [...feed.streams]) {
      const { position } = stream;
      // One that started further back while we were reading; it is served next.
      if (position === undefined || position < after) continue;
      this.frames.inc(stream.deliver(frames));
      if (isWhole) stream.skipTo(known);
    }
    if (wantOf(feed).length > 0) this.hungry.add(feed);
  }
}

/** Nothing, if every stream that has started has everything that is known. */
function wantOf(feed: UserFeed): Want[] {
  let after = feed.knownId;
  for (const { position } of feed.streams) if (position !== undefined) after = Math.min(after, position);
  return after < feed.knownId ? [{ feed, after, known: feed.knownId }] : [];
}

function framesByUser(rows: readonly StreamRow[]): Map<string, Frame[]> {
  const byUser = new Map<string, Frame[]>();
  for (const row of rows) {
    const frames = byUser.get(row.user_id);
    if (frames) frames.push(notificationFrame(row));
    else byUser.set(row.user_id, [notificationFrame(row)]);
  }
  return byUser;
}
