export { EVENT_TYPES, type EventType, NOTIFIED_BY_DEFAULT } from './event-types';
export {
  type Channel,
  CHANNELS,
  Notification,
  type NotificationStatus,
  NOTIFICATION_STATUSES,
} from './notification.entity';
export { UserStream } from './user-stream.entity';
export { NotificationsModule } from './notifications.module';
export { deliverDue } from './notifications.jobs';
export { Outbox } from './outbox';
