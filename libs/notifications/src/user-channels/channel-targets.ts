import { Injectable, Logger } from '@nestjs/common';
import { Database, rowsIn } from '@waxwatch/platform/database';
import { KeysUnavailableError, TokenCrypto, UnusableSecretError } from '@waxwatch/platform/token-crypto';
import type { z } from 'zod';
import { ChannelError } from '../channels/channel-sender';
import { Outbox } from '../outbox';
import { channelSecrets } from './channel-settings';
import type { UserChannelName } from './user-channel.entity';
import {
  DISABLE_TARGET,
  NOTE_ARRIVAL,
  NOTE_ERROR,
  RECORD_CHANNEL_DISABLED,
  REMOVE_TARGET,
  USABLE_TARGETS,
} from './user-channels.sql';

export type ChannelSecret<Name extends UserChannelName> = z.infer<(typeof channelSecrets)[Name]>;

/** Users' own devices, chats and addresses: opens them for a send, and notes how it went. */
@Injectable()
export class ChannelTargets {
  private readonly logger = new Logger('notifications');

  constructor(
    private readonly db: Database,
    private readonly crypto: TokenCrypto,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Sends to every target of the user in the channel. One that is gone is not used again; as long as one takes the
   * message, it counts as sent.
   * @throws ChannelError when none took it: the failure that leaves most hope
   */
  async deliver<Name extends UserChannelName>(
    channel: Name,
    userId: string,
    send: (secret: ChannelSecret<Name>) => Promise<string>,
  ): Promise<string> {
    const targets = await this.db.rows<{ id: string; secret: string }>(USABLE_TARGETS, [userId, channel]);
    if (targets.length === 0) throw new ChannelError('channel_disabled', false);
    const results = await Promise.allSettled(
      targets.map(
        async ({ id, secret }) =>
          await this.deliverTo(id, async () => await send(await this.open(channel, userId, secret))),
      ),
    );
    const taken = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    if (taken[0] !== undefined) return taken[0];
    const failures = results.flatMap((result): unknown[] =>
      result.status === 'rejected' ? [result.reason] : [],
    );
    throw failures.find((error) => !(error instanceof ChannelError) || error.isRetryable) ?? failures[0];
  }

  /** @throws KeysUnavailableError */
  async seal(channel: UserChannelName, userId: string, secret: object): Promise<string> {
    return await this.crypto.encrypt(JSON.stringify(secret), contextOf(channel, userId));
  }

  /** @throws ChannelError */
  async open<Name extends UserChannelName>(
    channel: Name,
    userId: string,
    stored: string,
  ): Promise<ChannelSecret<Name>> {
    try {
      const plain = await this.crypto.decrypt(stored, contextOf(channel, userId));
      return channelSecrets[channel].parse(JSON.parse(plain)) as ChannelSecret<Name>;
    } catch (error) {
      if (error instanceof KeysUnavailableError) {
        throw new ChannelError('keys_unavailable', true, error.retryAfterSeconds);
      }
      if (error instanceof UnusableSecretError) throw new ChannelError('unusable_secret', false);
      throw error;
    }
  }

  private async deliverTo(id: string, send: () => Promise<string>): Promise<string> {
    try {
      const messageId = await send();
      await this.noteArrival(id);
      return messageId;
    } catch (error) {
      if (error instanceof ChannelError) await this.note(id, error);
      throw error;
    }
  }

  /** What was taken was taken: a failure of ours would send it again. */
  private async noteArrival(id: string): Promise<void> {
    try {
      await this.db.rows(NOTE_ARRIVAL, [id]);
    } catch (error) {
      this.logger.warn({ event: 'notifications.channel.arrival_not_noted', channel_id: id, err: error });
    }
  }

  private async note(id: string, { code }: ChannelError): Promise<void> {
    if (code === 'subscription_gone') await this.db.rows(REMOVE_TARGET, [id]);
    else if (code === 'target_gone' || code === 'unusable_secret') await this.disable(id, code);
    else await this.db.rows(NOTE_ERROR, [id, code.slice(0, 60)]);
  }

  /** Stops using a target and tells its owner, once. */
  private async disable(id: string, reason: string): Promise<void> {
    const isFirst = await this.db.transaction(async (tx) => {
      const [row] = await rowsIn<{ user_id: string; channel: string; label: string | null }>(
        tx,
        DISABLE_TARGET,
        [id, reason],
      );
      if (!row) return false;
      const payload = { channel: row.channel, label: row.label, reason };
      const events = await rowsIn<{ id: string }>(tx, RECORD_CHANNEL_DISABLED, [
        row.user_id,
        JSON.stringify(payload),
      ]);
      await this.outbox.fanOut(
        tx,
        events.map((event) => event.id),
      );
      return true;
    });
    if (!isFirst) return;
    this.logger.warn({ event: 'notifications.channel.disabled', channel_id: id, reason });
    await this.outbox.ring();
  }
}

const contextOf = (channel: UserChannelName, userId: string) => ({
  userId,
  provider: channel,
  field: 'user_channels.secret',
});
