import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { NotificationsModule } from '@waxwatch/notifications';
import { Event } from './event.entity';
import { EventReader } from './event-reader';
import { EventsController } from './events.controller';
import { EventsService } from './events.service';

@Module({
  imports: [TypeOrmModule.forFeature([Event]), NotificationsModule],
  providers: [EventsService],
  exports: [EventsService, TypeOrmModule],
})
export class EventsModule {}

@Module({ imports: [EventsModule], providers: [EventReader], controllers: [EventsController] })
export class EventsApiModule {}
