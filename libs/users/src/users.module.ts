import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DeletedUser } from './deleted-user.entity';
import { NotificationPreferences } from './notification-preferences.entity';
import { User } from './user.entity';

@Module({
  imports: [TypeOrmModule.forFeature([DeletedUser, NotificationPreferences, User])],
  exports: [TypeOrmModule],
})
export class UsersModule {}
