export { type ClaimedTarget, PollSchedule } from './poll-schedule';
export { PollSubscription } from './poll-subscription.entity';
export { type PollQuestion, PollSubscriptions, type Subscriber } from './poll-subscriptions';
export { type PollKind, PollTarget } from './poll-target.entity';
export { Poller, type PollOutcome } from './poller';
export { PollerModule } from './poller.module';
export { PollingModule } from './polling.module';
export { PollingWorkerModule } from './polling-worker.module';
export { RuleRunner } from './rule-runner';
