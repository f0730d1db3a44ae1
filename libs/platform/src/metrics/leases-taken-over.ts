import type { Counter } from 'prom-client';
import type { Metrics } from './metrics';

/** Counts rows that were claimed although another worker had not let go of them: it died, or was too slow. */
export const leasesTakenOver = (metrics: Metrics): Counter<'kind'> =>
  metrics.counter('waxwatch_leases_taken_over_total', 'Leases that ended before the work on them', ['kind']);
