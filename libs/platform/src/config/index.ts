export {
  APP_CONFIG,
  type AppConfig,
  ConfigError,
  InjectConfig,
  parseConfig,
  type PasswordSignIn,
  QUEUE_NAMES,
  type QueueName,
} from './app-config';
export { ConfigModule } from './config.module';
export { type Env, envSchema } from './env.schema';
export { loadConfigOrExit } from './load-config';
export { RATE_LIMIT_SCOPES, type RateLimitScope } from './rate-limits';
