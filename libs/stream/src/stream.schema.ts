import { z } from 'zod';

/** Any text: what is no id of ours is answered with a reset, not with an error that stops a client for good. */
export const LastEventId = z.preprocess(
  (value: unknown): unknown => (Array.isArray(value) ? value.at(-1) : value),
  z.string().optional().catch(undefined),
);
