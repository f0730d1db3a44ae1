import { isProviderError, type ProviderCall } from '@waxwatch/integrations';
import { AppError, type AppErrorCode } from '@waxwatch/platform/errors';

/** A call that a user waits for; the client's own time limits end it. */
export const interactiveCall = (userId: string): ProviderCall => ({
  signal: new AbortController().signal,
  priority: 'interactive',
  userId,
});

/** Turns a failed call into an answer; anything that is no failed call passes through. */
export function answerFor(error: unknown, code: AppErrorCode, message: string): unknown {
  if (!isProviderError(error)) return error;
  const { retryAfterMs } = error;
  return new AppError(code, message, {
    cause: error,
    ...(retryAfterMs === null ? {} : { retryAfterSeconds: Math.ceil(retryAfterMs / 1000) }),
  });
}
