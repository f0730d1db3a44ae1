export { PollSubscription } from './poll-subscription.entity';
export { type PollKind, PollTarget } from './poll-target.entity';
export { type PollQuestion, PollSubscriptions, type Subscriber } from './poll-subscriptions';
export { PollingModule } from './polling.module';
