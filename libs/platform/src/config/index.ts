export {
  APP_CONFIG,
  type AppConfig,
  ConfigError,
  InjectConfig,
  parseConfig,
  QUEUE_NAMES,
  type QueueName,
} from './app-config';
export { ConfigModule } from './config.module';
export { type Env, envSchema } from './env.schema';
export { loadConfigOrExit } from './load-config';
