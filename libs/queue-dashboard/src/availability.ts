import type { AppConfig } from '@waxwatch/platform/config';

type Settings = Pick<AppConfig, 'QUEUE_DASHBOARD_ENABLED' | 'QUEUE_EAGER' | 'isProductionLike'>;

/** Why there is no dashboard; null where there is one. */
export function whyOff({ QUEUE_DASHBOARD_ENABLED, QUEUE_EAGER, isProductionLike }: Settings): string | null {
  if (QUEUE_DASHBOARD_ENABLED === false) return 'QUEUE_DASHBOARD_ENABLED=false';
  if (QUEUE_EAGER) return 'the queue runs in-process (QUEUE_EAGER=true)';
  if (QUEUE_DASHBOARD_ENABLED === undefined && isProductionLike) {
    return 'production-like environments need QUEUE_DASHBOARD_ENABLED=true';
  }
  return null;
}
