export { Callers, type CallerSource, type LimitedRequest } from './callers';
export { RateLimits } from './rate-limits';
export { RateLimited, RateLimitedAfterSignIn } from './rate-limited.decorator';
