/** A client that is further behind reads the list instead. */
export const MAX_REPLAY = 500;

export interface StartingPoint {
  /** The client has everything up to this id. */
  after: number;
  /** Why a reset has to be announced first, if so. */
  reset?: 'unknown' | 'too_old';
}

/**
 * Where a new stream starts: behind the id the client saw last, or, without one, at the end.
 * @param lastEventId as the client sent it
 * @param lastId the newest id of the user's stream
 */
export function startingPoint(lastEventId: string | undefined, lastId: number): StartingPoint {
  if (lastEventId === undefined || lastEventId === '') return { after: lastId };
  const seen = /^\d{1,15}$/.test(lastEventId) ? Number(lastEventId) : NaN;
  if (Number.isNaN(seen) || seen > lastId) return { after: lastId, reset: 'unknown' };
  if (lastId - seen > MAX_REPLAY) return { after: lastId, reset: 'too_old' };
  return { after: seen };
}
