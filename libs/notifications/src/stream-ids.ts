/** A row that is ours until the end of the transaction. */
export interface LockedRow {
  id: string;
  user_id: string;
  /** Why it is not to be delivered, if so. */
  refusal: string | null;
}

/** How many stream ids each user needs. */
export function idsPerUser(rows: readonly LockedRow[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { user_id, refusal } of rows) {
    if (refusal === null) counts.set(user_id, (counts.get(user_id) ?? 0) + 1);
  }
  return counts;
}

/**
 * Hands out the ids that were taken, in the order of the rows.
 * @param lastIds the last of each user's new ids
 * @returns for each row its id; null where it was refused
 */
export function giveStreamIds(
  rows: readonly LockedRow[],
  lastIds: ReadonlyMap<string, number>,
): (number | null)[] {
  const next = new Map<string, number>();
  for (const [userId, count] of idsPerUser(rows)) next.set(userId, (lastIds.get(userId) ?? 0) - count + 1);
  return rows.map(({ user_id, refusal }) => {
    const id = next.get(user_id);
    if (refusal !== null || id === undefined) return null;
    next.set(user_id, id + 1);
    return id;
  });
}
