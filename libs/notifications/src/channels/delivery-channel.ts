import type { Channel } from '../notification.entity';
import { groupByUser } from '../waiting-row';
import type { Room } from './send-slots';

/** A due row that this process holds until the claim ends. */
export interface ClaimedRow {
  id: string;
  user_id: string;
  /** How often it failed before. */
  failures: number;
  /** How late the row was when it was claimed. */
  lag_seconds: number;
  /** Another worker had it and did not finish. */
  is_abandoned: boolean;
}

/** Rows leased together. Every write about them is fenced by `token`. */
export interface Claim {
  token: string;
  rows: ClaimedRow[];
  /** On the clock of `performance.now()`, counted from before the claim was sent: never later than the lease. */
  endsAtMs: number;
}

/** A claim as one for each of its users: what belongs into one message stays together. */
export const apartByUser = (claim: Claim): Claim[] =>
  [...groupByUser(claim.rows).values()].map((rows) => ({ ...claim, rows }));

/** One way to reach a person, as delivery sees it. Those that have a `ChannelSender` share one class. */
export abstract class DeliveryChannel {
  abstract readonly name: Channel;
  /** Called whenever there may be more room than before. */
  onRoom: () => void = () => undefined;
  /** What it takes next. */
  abstract get room(): Room;
  /** Settles each row of the claim. It may return while deliveries are under way, but then `room` shrinks. */
  abstract deliver(claim: Claim): Promise<void>;
  /** Resolves when nothing is under way any more. */
  abstract idle(): Promise<void>;
}

/** Injection token of the list of all channels. */
export const DELIVERY_CHANNELS = Symbol('DELIVERY_CHANNELS');
