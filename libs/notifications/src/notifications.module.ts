import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { UsersModule } from '@waxwatch/users';
import { Notification } from './notification.entity';
import { Outbox } from './outbox';
import { UserChannel } from './user-channels/user-channel.entity';
import { UserStream } from './user-stream.entity';

@Module({
  imports: [TypeOrmModule.forFeature([Notification, UserChannel, UserStream]), UsersModule],
  providers: [Outbox],
  exports: [Outbox, TypeOrmModule],
})
export class NotificationsModule {}
