export { Event } from './event.entity';
export { EventsModule } from './events.module';
export { EventsService, type NewEvent } from './events.service';
