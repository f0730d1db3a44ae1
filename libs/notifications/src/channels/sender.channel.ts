import { Logger } from '@nestjs/common';
import { Clock } from '@waxwatch/platform/clock';
import { Database, isDatabaseUnavailable } from '@waxwatch/platform/database';
import { DeliveryOutcomes, type Leased } from '../delivery-outcomes';
import { type DeliveryPlan, DeliveryPlanner, type ReadyMessage } from '../delivery-planner';
import { UNRENDERABLE } from '../given-up/given-up-codes';
import type { Sent } from '../settlements';
import { ChannelError, type ChannelSender, PartlyTakenError } from './channel-sender';
import { apartByUser, type Claim, DeliveryChannel } from './delivery-channel';
import { idOf, toOutbound } from './outbound-message';
import { sendWithin } from './send-within';
import { type Room, SendSlots } from './send-slots';

/** How much a channel may have under way in this process, and how long each send may take. */
export interface SenderLimits {
  parallelSends: number;
  timeoutMs: number;
}

/** A send that took this part of its time limit before it failed was a hanging one. */
const HANGING_PART = 1 / 5;

/** What all of these channels share. */
export interface SenderServices {
  db: Database;
  clock: Clock;
  planner: DeliveryPlanner;
  outcomes: DeliveryOutcomes;
}

/** A message on its way. */
interface Journey {
  message: ReadyMessage;
  claim: Claim;
  leased: Leased;
  /** Whether it is the user's last one of this claim, once it has ended. */
  endsTurn: () => boolean;
}

/**
 * Delivers through a sender, a bounded number of messages at a time. Each has its slot and its time limit: a hanging
 * one costs the others nothing but that slot.
 */
export class SenderChannel extends DeliveryChannel {
  private readonly logger = new Logger('notifications');
  private readonly underWay = new Set<Promise<void>>();
  private readonly slots: SendSlots;

  constructor(
    private readonly sender: ChannelSender,
    private readonly services: SenderServices,
    private readonly limits: SenderLimits,
  ) {
    super();
    this.slots = new SendSlots(limits.parallelSends);
  }

  override get name() {
    return this.sender.name;
  }

  override get room(): Room {
    return this.slots.room;
  }

  override async idle(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay);
  }

  /** All rows are planned at once; if that fails, user by user, so that one user's trouble stays that user's. */
  override async deliver(claim: Claim): Promise<void> {
    const plan = await this.planOf(claim);
    if (!plan) {
      for (const part of apartByUser(claim)) await this.deliver(part);
      return;
    }
    this.services.outcomes.planned(this.name, plan);
    const left = new Map<string, number>();
    for (const { userId } of plan.messages) left.set(userId, (left.get(userId) ?? 0) + 1);
    for (const message of plan.messages) this.depart(message, claim, left);
  }

  /** @returns undefined when the users are to be tried apart from each other */
  private async planOf(claim: Claim): Promise<DeliveryPlan | undefined> {
    const { db, planner, outcomes } = this.services;
    try {
      return await db.transaction(async (tx) => await planner.plan(tx, this.name, claim));
    } catch (error) {
      if (isDatabaseUnavailable(error)) throw error;
      if (apartByUser(claim).length > 1) return undefined;
      this.log('error', 'unplanned', { ids: claim.rows.map(({ id }) => id), err: error });
      const leased = { channel: this.name, ids: claim.rows.map(({ id }) => id), token: claim.token };
      const failures = Math.max(...claim.rows.map((row) => row.failures));
      await outcomes.failedForNow(leased, { code: 'delivery_failed', failures });
      return { messages: [], refused: 0, deferred: 0, deferredFor: [], withoutZone: 0 };
    }
  }

  private depart(message: ReadyMessage, claim: Claim, left: Map<string, number>): void {
    const leased = { channel: this.name, ids: message.rows.map((row) => row.id), token: claim.token };
    const endsTurn = (): boolean => {
      const others = (left.get(message.userId) ?? 1) - 1;
      left.set(message.userId, others);
      return message.hasTurn && others === 0;
    };
    const job = this.deliverOne({ message, claim, leased, endsTurn })
      .catch((error: unknown) => {
        // The rows keep their lease; when that ends, someone tries again.
        this.log('error', 'unsettled', { notification_id: idOf(message), err: error });
      })
      .finally(() => {
        this.underWay.delete(job);
        this.slots.giveBack(message.userId);
        this.onRoom();
      });
    this.underWay.add(job);
    this.slots.take(message.userId, message.hasTurn);
  }

  private async deliverOne(journey: Journey): Promise<void> {
    if (performance.now() + this.limits.timeoutMs > journey.claim.endsAtMs) {
      await this.services.outcomes.givenBack(journey.leased);
      await this.endTurn(journey);
    } else {
      await this.sendAndSettle(journey);
    }
  }

  private async sendAndSettle(journey: Journey): Promise<void> {
    const { message, claim, leased } = journey;
    const startedAt = performance.now();
    let providerMessageId: string;
    try {
      providerMessageId = await sendWithin(this.sender, toOutbound(message), this.limits.timeoutMs);
    } catch (error) {
      const hung = performance.now() - startedAt >= this.limits.timeoutMs * HANGING_PART;
      this.slots.noteEnd(message.userId, hung);
      const rest = await this.withoutUnrenderable(journey, error);
      if (rest) await this.deliverOne(rest);
      else await this.settleFailure(journey, error, hung);
      return;
    }
    this.slots.noteEnd(message.userId, false);
    this.log('log', 'sent', {
      notification_id: idOf(message),
      event_id: message.rows[0]?.event_id,
      items: message.rows.length,
      provider_message_id: providerMessageId,
    });
    const releasesTurn = journey.endsTurn();
    await this.services.outcomes.sent({ ...leased, ...this.countOf(message), releasesTurn });
    this.observeLag(message, claim, (performance.now() - startedAt) / 1000);
  }

  /**
   * One alert that there are no words for must not keep the others of its message back: it is set aside, and tried
   * again by itself, for a later release may have the words.
   * @returns the message without such alerts; undefined when it has none of them, or nothing else
   */
  private async withoutUnrenderable(journey: Journey, error: unknown): Promise<Journey | undefined> {
    if (error instanceof ChannelError) return undefined;
    const { message, leased } = journey;
    const good = message.rows.filter((row) => this.isRenderable({ ...message, rows: [row] }));
    const bad = message.rows.filter((row) => !good.includes(row));
    if (bad.length === 0 || good.length === 0) return undefined;
    const ids = bad.map(({ id }) => id);
    const failures = Math.max(...bad.map((row) => row.failures));
    this.log('error', UNRENDERABLE, { ids, err: error });
    await this.services.outcomes.failedForNow({ ...leased, ids }, { code: UNRENDERABLE, failures });
    return {
      ...journey,
      message: { ...message, rows: good },
      leased: { ...leased, ids: good.map(({ id }) => id) },
    };
  }

  private isRenderable(message: ReadyMessage): boolean {
    try {
      this.sender.compose(toOutbound(message));
      return true;
    } catch {
      return false;
    }
  }

  private async settleFailure(journey: Journey, error: unknown, hung: boolean): Promise<void> {
    const { message, leased } = journey;
    const isForeseen = error instanceof ChannelError;
    const failure = isForeseen ? error : this.unforeseen(message, error);
    const failures = Math.max(...message.rows.map((row) => row.failures));
    // What nobody foresaw is tried again too, but somebody has to hear of it.
    this.log(isForeseen ? 'warn' : 'error', 'failed', {
      notification_id: idOf(message),
      event_id: message.rows[0]?.event_id,
      retryable: failure.isRetryable,
      error_code: failure.code,
      failures: failures + 1,
      err: isForeseen ? failure : error,
    });
    const code = failure.code.slice(0, 60);
    const { retryAfterSeconds } = failure;
    const { outcomes } = this.services;
    const othersOf = hung ? message.userId : undefined;
    const setback = { code, failures, retryAfterSeconds };
    if (failure instanceof PartlyTakenError)
      await outcomes.sentInPart({ ...leased, ...this.countOf(message) }, setback);
    else if (failure.isRetryable) await outcomes.failedForNow(leased, { ...setback, othersOf });
    else await outcomes.failed(leased, code);
    await this.endTurn(journey);
  }

  private unforeseen(message: ReadyMessage, cause: unknown): ChannelError {
    return new ChannelError(this.isRenderable(message) ? 'sender_error' : UNRENDERABLE, true, undefined, {
      cause,
    });
  }

  /** For windows and caps. */
  private countOf({ userId, day, isCounted }: ReadyMessage): Pick<Sent, 'userId' | 'sentAt' | 'day'> {
    return { userId, sentAt: this.services.clock.now(), day: isCounted ? day : null };
  }

  private async endTurn({ message, leased, endsTurn }: Journey): Promise<void> {
    if (endsTurn()) await this.services.outcomes.turnReleased(leased, message.userId);
  }

  /** Of the rows that were due; others only came along. */
  private observeLag({ rows }: ReadyMessage, claim: Claim, elapsedSeconds: number): void {
    const ids = new Set(rows.map(({ id }) => id));
    for (const { id, lag_seconds } of claim.rows) {
      if (ids.has(id)) this.services.outcomes.observeLag(this.name, lag_seconds + elapsedSeconds);
    }
  }

  private log(level: 'log' | 'warn' | 'error', what: string, fields: Record<string, unknown>): void {
    this.logger[level]({ event: `notifications.${this.name}.${what}`, ...fields });
  }
}
