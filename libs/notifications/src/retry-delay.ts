import type { AppConfig } from '@waxwatch/platform/config';

/** How often a row is claimed without anybody writing down how it ended; then it is parked. */
export const claimsAllowed = (config: Pick<AppConfig, 'QUEUE_MAX_RETRIES'>): number =>
  config.QUEUE_MAX_RETRIES + 1;

/**
 * Seconds until the next attempt: `base · 2ⁿ⁻¹` after the n-th failure, at most `ceiling`, of which a random half
 * is taken away so that rows that failed together do not come back together.
 * @param random uniform in [0, 1)
 */
export function retryDelaySeconds(
  failures: number,
  limits: { baseSeconds: number; ceilingSeconds: number },
  random: number,
): number {
  const full = Math.min(limits.baseSeconds * 2 ** (failures - 1), limits.ceilingSeconds);
  return full * (1 - random / 2);
}
