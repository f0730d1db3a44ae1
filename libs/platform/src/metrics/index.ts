export { leasesTakenOver } from './leases-taken-over';
export { Metrics } from './metrics';
export { MetricsModule } from './metrics.module';
