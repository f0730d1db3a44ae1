export {
  AppError,
  type AppErrorCode,
  RateLimitedError,
  STATUS_OF,
  ValidationError,
  type ValidationItem,
} from './app-error';
