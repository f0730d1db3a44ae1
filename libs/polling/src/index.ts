export { PollSubscription } from './poll-subscription.entity';
export { type PollKind, PollTarget } from './poll-target.entity';
