import { Injectable, Logger } from '@nestjs/common';
import { Database, rowsIn } from '@waxwatch/platform/database';
import { KeysUnavailableError, TokenCrypto, UnusableSecretError } from '@waxwatch/platform/token-crypto';
import type { z } from 'zod';
import { ChannelError, PartlyTakenError, type OutboundMessage } from '../channels/channel-sender';
import { Outbox } from '../outbox';
import { channelSecrets } from './channel-settings';
import type { UserChannelName } from './user-channel.entity';
import {
  DISABLE_TARGET,
  NOTE_ARRIVAL,
  NOTE_ARRIVALS,
  NOTE_ERROR,
  RECORD_CHANNEL_DISABLED,
  REMOVE_TARGET,
  USABLE_TARGETS,
} from './user-channels.sql';

export type ChannelSecret<Name extends UserChannelName> = z.infer<(typeof channelSecrets)[Name]>;

interface Target {
  id: string;
  secret: string;
  /** What it has of the message. */
  arrived: string[];
}

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
   * Sends to every target of the user in the channel. One that is gone is not used again; the message counts as sent
   * once no other is worth another attempt and one has taken it.
   * @param send is given the part of the message that its target lacks
   * @throws PartlyTakenError when some are to be tried again; those that took it are left out then
   * @throws ChannelError when none took it: the failure that leaves most hope
   */
  async deliver<Name extends UserChannelName>(
    channel: Name,
    message: OutboundMessage,
    send: (secret: ChannelSecret<Name>, part: OutboundMessage) => Promise<string>,
  ): Promise<string> {
    const { user, items } = message;
    const ids = items.map(({ notificationId }) => notificationId);
    const targets = await this.db.rows<Target>(USABLE_TARGETS, [user.id, channel, ids]);
    if (targets.length === 0) throw new ChannelError('channel_disabled', false);
    const lacking = targets.filter(({ arrived }) => arrived.length < ids.length);
    const results = await Promise.allSettled(
      lacking.map(
        async ({ id, secret, arrived }) =>
          await this.deliverTo(
            id,
            async () => await send(await this.open(channel, user.id, secret), partOf(message, arrived)),
          ),
      ),
    );
    return (
      (await this.outcomeOf(
        results,
        lacking.map(({ id }) => id),
        ids,
      )) ?? channel
    );
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

  /** @returns the provider's id of the message; undefined when there was nobody left to send it to */
  private async outcomeOf(
    results: readonly PromiseSettledResult<string>[],
    targets: readonly string[],
    ids: readonly string[],
  ): Promise<string | undefined> {
    const taken = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const failures = results.flatMap((result): unknown[] =>
      result.status === 'rejected' ? [result.reason] : [],
    );
    const hope = mostPatient(failures);
    if (taken.length > 0 && hope !== undefined) {
      await this.noteArrivals(
        targets.filter((_, index) => results[index]?.status === 'fulfilled'),
        ids,
      );
      throw new PartlyTakenError(hope);
    }
    if (taken.length === 0 && failures.length > 0) throw hope ?? failures[0];
    return taken[0];
  }

  /** Without the note, these would get it a second time: an error of ours must not end it all. */
  private async noteArrivals(targets: readonly string[], ids: readonly string[]): Promise<void> {
    try {
      await this.db.rows(NOTE_ARRIVALS, [targets, ids]);
    } catch (error) {
      this.logger.warn({
        event: 'notifications.channel.arrivals_not_noted',
        channel_ids: targets,
        err: error,
      });
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

/** What a target lacks. Another id for another content, so that nobody takes it for a copy. */
function partOf(message: OutboundMessage, arrived: readonly string[]): OutboundMessage {
  if (arrived.length === 0) return message;
  const items = message.items.filter(({ notificationId }) => !arrived.includes(notificationId));
  return { ...message, id: items[0]?.notificationId ?? message.id, items };
}

/** Of the failures after which it is worth trying again, the one that asks for the longest wait. */
function mostPatient(failures: readonly unknown[]): unknown {
  const waitOf = (error: unknown): number =>
    error instanceof ChannelError ? (error.retryAfterSeconds ?? 0) : 0;
  return failures
    .filter((error) => !(error instanceof ChannelError) || error.isRetryable)
    .sort((a, b) => waitOf(b) - waitOf(a))[0];
}

const contextOf = (channel: UserChannelName, userId: string) => ({
  userId,
  provider: channel,
  field: 'user_channels.secret',
});
