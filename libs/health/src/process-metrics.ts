import type { Database } from '@waxwatch/platform/database';
import type { Metrics } from '@waxwatch/platform/metrics';

/** How much of the connection pool is in use, read when scraped. */
export function declareProcessMetrics(metrics: Metrics, database: Database): void {
  metrics.gaugeFrom('waxwatch_db_connection_utilization', 'Share of the connection pool in use', () => {
    const { used, size } = database.poolUse();
    return Math.min(used / size, 1);
  });
  metrics.gaugeFrom('waxwatch_db_pool_in_use', 'Connections in use', () => database.poolUse().used);
  metrics.gaugeFrom('waxwatch_db_pool_size', 'Connections allowed', () => database.poolUse().size);
  metrics.gaugeFrom('waxwatch_db_pool_waiting', 'Callers waiting for a connection', () => {
    return database.poolUse().waiting;
  });
}

/**
 * Names that dashboards and alerts expect from every process, though workers alone, or features that run in workers
 * alone, observe them. Asking for a name again gives the same metric.
 */
export function declareSharedMetrics(metrics: Metrics): void {
  metrics.counter('waxwatch_scheduler_rule_outcomes_total', 'Polls by outcome', ['outcome']);
  metrics.counter('waxwatch_scheduler_runs_total', 'Runs over due polls by outcome', ['outcome']);
  metrics.histogram('waxwatch_scheduler_lag_seconds', 'How late a due poll starts');
  metrics.gauge('waxwatch_notification_backlog_items', 'Pending notifications', ['channel']);
  metrics.counter('waxwatch_listing_match_decisions_total', 'Mappings of listings to releases by outcome', [
    'outcome',
  ]);
  metrics.counter(
    'waxwatch_listing_match_quality_proxy_total',
    'Signs of how good the mappings of listings to releases are',
    ['metric'],
  );
}
