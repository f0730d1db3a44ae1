import { Injectable } from '@nestjs/common';
import { PubSub } from '@waxwatch/platform/pubsub';
import { z } from 'zod';

/** The pub/sub channel of all hints. */
export const STREAM_CHANNEL = 'stream';

const streamHint = z.object({ user_id: z.uuid(), stream_id: z.int().nonnegative() });

/** "This user's stream reaches at least this id": which rows those are, the table says. */
export type StreamHint = z.infer<typeof streamHint>;

const hintMessage = z.union([streamHint, streamHint.array()]);

/** The hints of a message: one or a list; none if another release speaks another language. */
export function parseStreamHints(message: string): StreamHint[] {
  try {
    const parsed = hintMessage.parse(JSON.parse(message));
    return Array.isArray(parsed) ? parsed : [parsed];
  } catch {
    return [];
  }
}

/** Tells the processes that hold event streams that there is something new. */
@Injectable()
export class StreamHints {
  constructor(private readonly pubsub: PubSub) {}

  /** To be called after the commit. Nobody waits for Redis here: streams find by polling what a lost hint left. */
  publish(sent: readonly StreamHint[]): void {
    const newest = new Map<string, number>();
    for (const { user_id, stream_id } of sent) {
      newest.set(user_id, Math.max(stream_id, newest.get(user_id) ?? 0));
    }
    if (newest.size === 0) return;
    const hints = [...newest].map(([user_id, stream_id]) => ({ user_id, stream_id }));
    void this.pubsub.publish(STREAM_CHANNEL, JSON.stringify(hints));
  }
}
