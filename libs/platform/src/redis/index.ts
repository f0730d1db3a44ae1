export { RedisConnections } from './redis-connections';
export { RedisModule } from './redis.module';
export { withDeadline } from './with-deadline';
