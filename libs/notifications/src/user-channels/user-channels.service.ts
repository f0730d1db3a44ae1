import { Injectable } from '@nestjs/common';
import { IdSource } from '@waxwatch/platform/clock';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Database, rowsIn, constraintOf } from '@waxwatch/platform/database';
import { AppError, ValidationError } from '@waxwatch/platform/errors';
import { timingSafeEqual } from 'node:crypto';
import { ChannelHttp } from '../channels/channel-http';
import { ChannelError } from '../channels/channel-sender';
import { TelegramSender } from '../channels/telegram.sender';
import { type Channel, CHANNELS } from '../notification.entity';
import { ChannelTargets } from './channel-targets';
import { type ChannelParts, partsOf } from './new-channel';
import type { NewUserChannel, UserChannelChange, UserChannelOut } from './user-channels.schema';
import {
  ADD_CHANNEL,
  CHANGE_CHANNEL,
  CONFIRM_CHANNEL,
  COUNT_CHANNELS,
  COUNT_GUESS,
  DELETE_CHANNEL,
  DELETE_UNREACHED,
  FIND_CHANNEL,
  LIST_CHANNELS,
  LOCK_USER,
  PUT_BACK,
  READ_KNOWN,
} from './user-channels.sql';

const MOST_DEVICES = 10;
const MOST_GUESSES = 5;
const CONFIRM_TIMEOUT_MS = 8_000;
const NOT_FOUND = 'channel not found';

type Row = Omit<UserChannelOut, 'hint'> & { config: { hint?: unknown } };

interface Stored {
  row: UserChannelOut;
  secret: string;
  /** What was there before, as JSON of the database. */
  known: unknown;
}

/** The channels that a user has set up. Secrets go in and never come out. */
@Injectable()
export class UserChannels {
  constructor(
    private readonly db: Database,
    private readonly ids: IdSource,
    private readonly targets: ChannelTargets,
    private readonly http: ChannelHttp,
    private readonly telegram: TelegramSender,
    @InjectConfig() private readonly config: AppConfig,
  ) {}

  /** What this server can do. */
  options(): { channels: Channel[]; vapid_public_key: string | null } {
    return {
      channels: CHANNELS.filter((channel) => this.isAvailable(channel)),
      vapid_public_key: this.config.VAPID_PUBLIC_KEY ?? null,
    };
  }

  async list(userId: string): Promise<UserChannelOut[]> {
    return (await this.db.rows<Row>(LIST_CHANNELS, [userId])).map(toOut);
  }

  /** @throws AppError 404 */
  async get(userId: string, id: string): Promise<UserChannelOut> {
    return one(await this.db.rows<Row>(FIND_CHANNEL, [userId, id]));
  }

  /**
   * Stores a channel. A push subscription that is known is renewed; of every other channel there is one.
   * @throws AppError 409 when there is one already or no room; 503 when this server has no such channel or no keys
   */
  async add(userId: string, input: NewUserChannel): Promise<UserChannelOut> {
    if (!this.isAvailable(input.channel))
      throw new AppError('unavailable', `${input.channel} is not configured here`);
    const parts = partsOf(input);
    this.checkAddresses(parts);
    const secret = await this.targets.seal(input.channel, userId, parts.secret);
    const stored = await this.store(userId, input, parts, secret);
    if (input.channel === 'telegram') await this.sendCode(userId, stored, parts);
    return stored.row;
  }

  /** @throws AppError 404, also for a chat that is to be enabled before it is confirmed */
  async change(
    userId: string,
    id: string,
    { label, is_enabled }: UserChannelChange,
  ): Promise<UserChannelOut> {
    const params = [userId, id, label !== undefined, label ?? null, is_enabled ?? null];
    const rows = await this.db.rows<Row>(CHANGE_CHANNEL, params);
    if (rows.length > 0) return one(rows);
    await this.get(userId, id);
    throw new AppError('conflict', 'confirm the chat with the code that was sent to it');
  }

  /** @throws AppError 404 */
  async remove(userId: string, id: string): Promise<void> {
    const rows = await this.db.rows(DELETE_CHANNEL, [userId, id]);
    if (rows.length === 0) throw new AppError('not_found', NOT_FOUND);
  }

  /**
   * Enables a chat whose owner has read the code there: nobody is written to at somebody else's wish.
   * @throws AppError 404; 400 for a wrong code, of which five are looked at
   */
  async confirm(userId: string, id: string, code: string): Promise<UserChannelOut> {
    const [row] = await this.db.rows<{ secret: string }>(COUNT_GUESS, [userId, id, MOST_GUESSES]);
    if (!row) throw new AppError('not_found', 'no channel waits for a code here');
    const known = await this.targets.open('telegram', userId, row.secret);
    const isRight = timingSafeEqual(
      Buffer.from(known.code.padEnd(32)),
      Buffer.from(code.padEnd(32)).subarray(0, 32),
    );
    if (!isRight) throw new AppError('bad_request', 'wrong code');
    return one(await this.db.rows<Row>(CONFIRM_CHANNEL, [userId, id]));
  }

  private isAvailable(channel: Channel): boolean {
    if (channel === 'push') return this.config.VAPID_PUBLIC_KEY !== undefined;
    if (channel === 'telegram') return this.config.TELEGRAM_BOT_TOKEN !== undefined;
    return channel !== 'email' || this.config.emailProvider !== 'none';
  }

  private checkAddresses({ addresses }: ChannelParts): void {
    for (const address of addresses) {
      const refusal = this.http.refusalOf(address);
      if (refusal !== null) throw ValidationError.ofRule(['body', 'url'], 'must be a public https address');
    }
  }

  private async store(
    userId: string,
    input: NewUserChannel,
    { targetHash, hint }: ChannelParts,
    secret: string,
  ): Promise<Stored> {
    const { channel, label = null } = input;
    const isEnabled = channel !== 'telegram';
    try {
      return await this.db.transaction(async (tx) => {
        await rowsIn(tx, LOCK_USER, [userId]);
        const [count] = await rowsIn<{ n: number }>(tx, COUNT_CHANNELS, [userId, channel]);
        if ((count?.n ?? 0) >= MOST_DEVICES)
          throw new AppError('conflict', `at most ${MOST_DEVICES} of them`);
        const [was] = await rowsIn<{ known: unknown }>(tx, READ_KNOWN, [userId, channel, targetHash]);
        const params = [this.ids.next(), userId, channel, label, isEnabled, secret, targetHash, { hint }];
        return { row: one(await rowsIn<Row>(tx, ADD_CHANNEL, params)), secret, known: was?.known };
      });
    } catch (error) {
      if (constraintOf(error) !== 'uq_user_channels_only') throw error;
      throw new AppError('conflict', `there is a ${channel} channel already`, { cause: error });
    }
  }

  /** A chat that cannot be written to is not kept, and one that was there before stays as it was. */
  private async sendCode(userId: string, stored: Stored, { secret }: ChannelParts): Promise<void> {
    const { chatId, code } = secret;
    const text = `Your WaxWatch code is <b>${String(code)}</b>.`;
    try {
      await this.telegram.write(String(chatId), text, AbortSignal.timeout(CONFIRM_TIMEOUT_MS));
    } catch (error) {
      await this.undo(userId, stored);
      if (!(error instanceof ChannelError)) throw error;
      const message = `Telegram did not take the code: ${error.detail ?? error.code}`;
      throw new AppError('bad_gateway', message, { cause: error });
    }
  }

  private async undo(userId: string, { row, secret, known }: Stored): Promise<void> {
    if (known === undefined) await this.db.rows(DELETE_UNREACHED, [userId, row.id, secret]);
    else await this.db.rows(PUT_BACK, [userId, row.id, secret, known]);
  }
}

function one(rows: readonly Row[]): UserChannelOut {
  const [row] = rows;
  if (!row) throw new AppError('not_found', NOT_FOUND);
  return toOut(row);
}

function toOut({ config, ...row }: Row): UserChannelOut {
  return { ...row, hint: typeof config.hint === 'string' ? config.hint : '' };
}
