import { z } from 'zod';
import { type Correlation, currentCorrelation } from '../correlation/correlation';
import { safeRequestId, safeTraceparent } from '../correlation/safe-ids';

/** Where a bell came from travels beside the payload, so no payload may have a field of this name. */
const KEY = 'origin';

// What cannot be read is left out: a job is worth more than knowing where it came from.
const originSchema = z
  .object({
    request_id: safeRequestId.optional().catch(undefined),
    traceparent: safeTraceparent.optional().catch(undefined),
  })
  .catch({});

type Origin = Pick<Correlation, 'requestId' | 'traceparent'>;

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** The payload as it travels, with the request and the span that ring now. */
export function withOrigin(payload: unknown): unknown {
  const { requestId, traceparent } = currentCorrelation();
  if (!isObject(payload) || (requestId ?? traceparent) === undefined) return payload;
  return { ...payload, [KEY]: { request_id: requestId, traceparent } };
}

/** Takes apart what travelled. Other releases send no origin, or more in it than this one knows. */
export function readOrigin(data: unknown): { payload: unknown; origin: Origin } {
  if (!isObject(data) || !(KEY in data)) return { payload: data, origin: {} };
  const { [KEY]: origin, ...payload } = data;
  const { request_id: requestId, traceparent } = originSchema.parse(origin);
  return { payload, origin: { requestId, traceparent } };
}
