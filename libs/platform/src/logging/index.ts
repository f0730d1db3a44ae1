export { LoggingModule } from './logging.module';
export { redact } from './redact';
export { redactText } from './secret-text';
