export { Retention, type PurgeSummary } from './retention';
export { RetentionModule, RetentionWorkerModule } from './retention.module';
