/** What a channel can take of the rows that are due. */
export interface Room {
  /** None: ask again when a send has ended. */
  rows: number;
  /** So little that it is worth a moment: sends end one by one, and a claim for each costs more than they do. */
  isScant: boolean;
  /** Of one user. */
  rowsPerUser: number;
  /** Users who have their share of what is under way, or whose next message may depend on it. */
  crowded: readonly string[];
  /** Users whose last send hung; all of them together get `rowsOfHanging`. */
  hanging: readonly string[];
  rowsOfHanging: number;
}

/** Users of whom nothing can be taken now, whatever is due. */
export const excludedFrom = ({ crowded, hanging, rowsOfHanging }: Room): string[] => [
  ...crowded,
  ...(rowsOfHanging === 0 ? hanging : []),
];

/** One user’s share of the slots is an eighth, and less than a quarter at any moment. */
const USERS_AT_ONCE = 8;
/** Of the slots. */
const SCANT_PART = 1 / 2;
const MOST_HANGING = 1000;

/**
 * The sends that a channel may have under way, by user. Whose address hangs occupies a share and not all slots, and
 * those whose last send hung get no more than half of them together: nobody’s silence delays somebody else.
 */
export class SendSlots {
  private readonly byUser = new Map<string, number>();
  private readonly hanging = new Set<string>();
  private readonly inTurn = new Set<string>();
  private readonly perUser: number;

  constructor(private readonly slots: number) {
    this.perUser = Math.max(1, Math.floor(slots / USERS_AT_ONCE));
  }

  get room(): Room {
    const counts = [...this.byUser];
    const taken = counts.reduce((sum, [, count]) => sum + count, 0);
    const takenByHanging = counts.reduce(
      (sum, [user, count]) => sum + (this.hanging.has(user) ? count : 0),
      0,
    );
    return {
      rows: Math.max(0, this.slots - taken),
      isScant: this.slots - taken < this.slots * SCANT_PART,
      rowsPerUser: this.perUser,
      crowded: counts.flatMap(([user, count]) =>
        count >= this.perUser || this.inTurn.has(user) ? [user] : [],
      ),
      hanging: [...this.hanging],
      rowsOfHanging: Math.max(0, Math.max(1, Math.floor(this.slots / 2)) - takenByHanging),
    };
  }

  /** @param hasTurn what else the user gets depends on whether this is taken, as with caps and windows */
  take(userId: string, hasTurn: boolean): void {
    if (hasTurn) this.inTurn.add(userId);
    this.byUser.set(userId, (this.byUser.get(userId) ?? 0) + 1);
  }

  giveBack(userId: string): void {
    const left = (this.byUser.get(userId) ?? 1) - 1;
    if (left > 0) {
      this.byUser.set(userId, left);
      return;
    }
    this.byUser.delete(userId);
    this.inTurn.delete(userId);
  }

  /** Whether the user’s last send hung. */
  noteEnd(userId: string, hung: boolean): void {
    this.hanging.delete(userId);
    if (hung) this.hanging.add(userId);
    const [oldest] = this.hanging;
    if (this.hanging.size > MOST_HANGING && oldest !== undefined) this.hanging.delete(oldest);
  }
}
