export {
  AppError,
  type AppErrorCode,
  type FailureName,
  RateLimitedError,
  STATUS_OF,
  ValidationError,
  type ValidationItem,
} from './app-error';
