/** A row that is to be delivered. */
export interface DeliverableRow {
  user_id: string;
}

/** How many stream ids each user needs. */
export function idsPerUser(rows: readonly DeliverableRow[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { user_id } of rows) counts.set(user_id, (counts.get(user_id) ?? 0) + 1);
  return counts;
}

/**
 * Hands out the ids that were taken, in the order of the rows.
 * @param lastIds the last of each user's new ids
 * @returns for each row its id
 */
export function giveStreamIds(
  rows: readonly DeliverableRow[],
  lastIds: ReadonlyMap<string, number>,
): number[] {
  const next = new Map<string, number>();
  for (const [userId, count] of idsPerUser(rows)) next.set(userId, (lastIds.get(userId) ?? 0) - count + 1);
  return rows.map(({ user_id }) => {
    const id = next.get(user_id) ?? 0;
    next.set(user_id, id + 1);
    return id;
  });
}
