export { ExternalAccountLink } from './external-account-link.entity';
export { ImportJob } from './import-job.entity';
export { ImportSeenRelease } from './import-seen-release.entity';
export { PendingAuthorisation } from './pending-authorisation.entity';
export { DiscogsAccountApiModule, DiscogsAccountModule } from './discogs-account.module';
export { DiscogsAccountWorkerModule } from './discogs-account-worker.module';
export { DiscogsSync, type SyncSummary } from './discogs-sync';
export { ImportRunner } from './import-runner';
