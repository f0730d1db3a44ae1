import { z } from 'zod';

/** What goes into log lines and headers as it is must break out of none. */
const SAFE_REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;
export const safeRequestId = z.string().regex(SAFE_REQUEST_ID);
/** The same question where every request asks it. */
export const isSafeRequestId = (id: unknown): id is string =>
  typeof id === 'string' && SAFE_REQUEST_ID.test(id);

/** Version 00 of https://www.w3.org/TR/trace-context/#traceparent-header; ids of nothing but zeros are none. */
export const safeTraceparent = z
  .string()
  .regex(/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/);
