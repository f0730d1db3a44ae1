export { Event } from './event.entity';
export { EventsApiModule, EventsModule } from './events.module';
export { EventsService, type NewEvent } from './events.service';
