import type { AppConfig } from '@waxwatch/platform/config';

const CEILING_SECONDS = 600;

/** Tries in all, the first one included; a row that used them up is parked as failed. */
export const attemptsAllowed = (config: Pick<AppConfig, 'QUEUE_MAX_RETRIES'>): number =>
  config.QUEUE_MAX_RETRIES + 1;

/**
 * Seconds until the next attempt: `base · 2ⁿ⁻¹` after the n-th one, at most ten minutes, of which a random half
 * is taken away so that rows that failed together do not come back together.
 * @param random uniform in [0, 1)
 */
export function retryDelaySeconds(attempts: number, baseSeconds: number, random: number): number {
  const full = Math.min(baseSeconds * 2 ** (attempts - 1), CEILING_SECONDS);
  return full * (1 - random / 2);
}
