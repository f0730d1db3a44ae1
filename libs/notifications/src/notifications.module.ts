import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { UsersModule } from '@waxwatch/users';
import { Mute } from './mutes/mute.entity';
import { Mutes } from './mutes/mutes.service';
import { Notification } from './notification.entity';
import { Outbox } from './outbox';
import { SendTurn } from './send-turn.entity';
import { ChannelArrival } from './user-channels/channel-arrival.entity';
import { UserChannel } from './user-channels/user-channel.entity';
import { UserStream } from './user-stream.entity';

@Module({
  imports: [
    TypeOrmModule.forFeature([ChannelArrival, Mute, Notification, SendTurn, UserChannel, UserStream]),
    UsersModule,
  ],
  providers: [Mutes, Outbox],
  exports: [Mutes, Outbox, TypeOrmModule],
})
export class NotificationsModule {}
