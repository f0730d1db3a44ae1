import { Injectable } from '@nestjs/common';
import { Database, isDatabaseUnavailable, rowsIn } from '@waxwatch/platform/database';
import type { EntityManager } from 'typeorm';
import { MARK_SENT } from './delivery.sql';
import { NOTE_SENDS, RELEASE_TURNS } from './delivery-plan.sql';
import type { Channel } from './notification.entity';

/** A message that a provider took, and all that has to be remembered of it. */
export interface Sent {
  channel: Channel;
  ids: readonly string[];
  token: string;
  userId: string;
  sentAt: Date;
  /** The user's day that it counts for; null if it does not count. */
  day: string | null;
  /** Whether the user's turn ends with it. */
  releasesTurn: boolean;
}

interface Waiting {
  sent: Sent;
  resolve: (settled: number) => void;
  reject: (error: unknown) => void;
}

const MAX_BATCH = 500;
const WRITE_AGAIN_MS = 500;
const WRITE_FOR_MS = 120_000;

/**
 * Writes down what was sent, many messages in one transaction: whatever ends while one is being written goes into
 * the next. Nobody waits for a batch to fill.
 */
@Injectable()
export class Settlements {
  private waiting: Waiting[] = [];
  private isWriting = false;

  constructor(private readonly db: Database) {}

  /**
   * Forgetting what a provider took would send it again, so the write is tried for as long as the database is away,
   * up to two minutes.
   * @returns how many of the rows were still ours
   */
  async settle(sent: Sent): Promise<number> {
    return await new Promise((resolve, reject) => {
      this.waiting.push({ sent, resolve, reject });
      if (!this.isWriting) void this.writeOn();
    });
  }

  private async writeOn(): Promise<void> {
    this.isWriting = true;
    try {
      while (this.waiting.length > 0) await this.writeApart(this.waiting.splice(0, MAX_BATCH));
    } finally {
      this.isWriting = false;
    }
  }

  /** All at once; if that fails, one by one, so that one user's trouble stays that user's. */
  private async writeApart(batch: readonly Waiting[]): Promise<void> {
    try {
      const settled = await this.writePatiently(batch.map(({ sent }) => sent));
      for (const { sent, resolve } of batch) resolve(sent.ids.filter((id) => settled.has(id)).length);
    } catch (error) {
      if (batch.length === 1) batch[0]?.reject(error);
      else for (const one of batch) await this.writeApart([one]);
    }
  }

  private async writePatiently(batch: readonly Sent[]): Promise<Set<string>> {
    const giveUpAt = performance.now() + WRITE_FOR_MS;
    for (;;) {
      try {
        return await this.db.transaction(async (tx) => await write(tx, batch));
      } catch (error) {
        if (!isDatabaseUnavailable(error) || performance.now() > giveUpAt) throw error;
        await new Promise((resolve) => setTimeout(resolve, WRITE_AGAIN_MS));
      }
    }
  }
}

async function write(tx: EntityManager, batch: readonly Sent[]): Promise<Set<string>> {
  await noteSends(tx, batch);
  await releaseTurns(tx, batch);
  const marked = await rowsIn<{ id: string }>(tx, MARK_SENT, [
    batch.flatMap(({ ids }) => ids),
    batch.flatMap(({ ids, token }) => ids.map(() => token)),
  ]);
  return new Set(marked.map(({ id }) => id));
}

/** Windows and caps of the users in `batch`, which need not be of one channel. */
export async function noteSends(
  tx: EntityManager,
  batch: readonly Pick<Sent, 'channel' | 'userId' | 'sentAt' | 'day'>[],
): Promise<void> {
  for (const channel of new Set(batch.map((sent) => sent.channel))) {
    const byUser = new Map<string, { at: string; day: string; messages: number }>();
    for (const { channel: of, userId, sentAt, day } of batch) {
      if (of !== channel || day === null) continue;
      const messages = byUser.get(userId)?.day === day ? (byUser.get(userId)?.messages ?? 0) + 1 : 1;
      byUser.set(userId, { at: sentAt.toISOString(), day, messages });
    }
    if (byUser.size === 0) continue;
    const sends = [...byUser.values()];
    await rowsIn(tx, NOTE_SENDS, [
      [...byUser.keys()],
      channel,
      sends.map(({ at }) => at),
      sends.map(({ day }) => day),
      sends.map(({ messages }) => messages),
    ]);
  }
}

async function releaseTurns(tx: EntityManager, batch: readonly Sent[]): Promise<void> {
  const groups = new Map<string, Sent[]>();
  for (const sent of batch.filter(({ releasesTurn }) => releasesTurn)) {
    const key = `${sent.channel} ${sent.token}`;
    groups.set(key, [...(groups.get(key) ?? []), sent]);
  }
  for (const group of groups.values()) {
    const users = group.map(({ userId }) => userId).sort();
    await rowsIn(tx, RELEASE_TURNS, [users, group[0]?.channel, group[0]?.token]);
  }
}
