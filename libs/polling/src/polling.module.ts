import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PollPlan } from './poll-plan.entity';
import { PollSubscription } from './poll-subscription.entity';
import { PollSubscriptions } from './poll-subscriptions';
import { PollTarget } from './poll-target.entity';

/** What rules and watched releases need: to say what they want polled. */
@Module({
  imports: [TypeOrmModule.forFeature([PollPlan, PollSubscription, PollTarget])],
  providers: [PollSubscriptions],
  exports: [PollSubscriptions, TypeOrmModule],
})
export class PollingModule {}
