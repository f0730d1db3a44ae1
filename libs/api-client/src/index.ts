export { ApiError } from './api-error.js';
export { type ClientOptions, createWaxWatchClient, type WaxWatchClient } from './client.js';
export { type Alert, type AlertMessage, followAlerts, type FollowOptions } from './follow-alerts.js';
export type { components, operations, paths } from './schema.generated.js';
