export { LoggingModule } from './logging.module';
export { redact, redactText } from './redact';
