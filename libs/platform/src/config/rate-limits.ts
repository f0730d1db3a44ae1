import type { Env } from './env.schema';

/** Budgets of requests per minute that exist, those of every request first. */
export const RATE_LIMIT_SCOPES = [
  'global_anonymous',
  'global_authenticated',
  'search',
  'watch_rules',
  'discogs',
  'auth_endpoints',
  'stream_events',
  'channels',
] as const;
export type RateLimitScope = (typeof RATE_LIMIT_SCOPES)[number];

/** How many requests of a minute each scope allows to one caller: the rate and the burst on top of it. */
export function rateLimitsOf(env: Env): Record<RateLimitScope, number> {
  return {
    global_anonymous: env.RATE_LIMIT_GLOBAL_ANONYMOUS_RPM + env.RATE_LIMIT_GLOBAL_ANONYMOUS_BURST,
    global_authenticated: env.RATE_LIMIT_GLOBAL_AUTHENTICATED_RPM + env.RATE_LIMIT_GLOBAL_AUTHENTICATED_BURST,
    search: env.RATE_LIMIT_SEARCH_RPM + env.RATE_LIMIT_SEARCH_BURST,
    watch_rules: env.RATE_LIMIT_WATCH_RULES_RPM + env.RATE_LIMIT_WATCH_RULES_BURST,
    discogs: env.RATE_LIMIT_DISCOGS_RPM + env.RATE_LIMIT_DISCOGS_BURST,
    auth_endpoints: env.RATE_LIMIT_AUTH_ENDPOINT_RPM + env.RATE_LIMIT_AUTH_ENDPOINT_BURST,
    stream_events: env.RATE_LIMIT_STREAM_EVENTS_RPM + env.RATE_LIMIT_STREAM_EVENTS_BURST,
    channels: env.RATE_LIMIT_CHANNELS_RPM + env.RATE_LIMIT_CHANNELS_BURST,
  };
}
