export { Database, rowsIn } from './database';
export { DatabaseModule } from './database.module';
export { dataSourceOptions } from './data-source-options';
export { EvictingClient } from './evicting-client';
export { SnakeNaming } from './snake-naming';
export {
  constraintOf,
  isDatabaseError,
  isDatabaseUnavailable,
  isRetryable,
  isUniqueViolation,
  sqlStateOf,
} from './sql-state';
export { toWireInstant, wireTypes } from './wire-types';
