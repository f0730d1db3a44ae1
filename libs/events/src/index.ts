export { Event } from './event.entity';
