const FIRST_SECONDS = 30;
const LONGEST_SECONDS = 3600;

/** Seconds until a question is asked again after `failures` failed polls in a row (at least one). */
export function backOffSeconds(failures: number, retryAfterMs: number | null): number {
  const own = Math.min(FIRST_SECONDS * 2 ** Math.min(Math.max(failures, 1) - 1, 10), LONGEST_SECONDS);
  return Math.max(own, (retryAfterMs ?? 0) / 1000);
}
