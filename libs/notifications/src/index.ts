export { EVENT_TYPES, type EventType, NOTIFIED_BY_DEFAULT } from './event-types';
export {
  type Channel,
  CHANNELS,
  Notification,
  type NotificationStatus,
  NOTIFICATION_STATUSES,
} from './notification.entity';
export {
  type AlertItem,
  ChannelError,
  ChannelSender,
  CHANNEL_SENDERS,
  type OutboundMessage,
} from './channels/channel-sender';
export { EmailSuppression } from './mail-feedback/email-suppression.entity';
export { MailFeedbackMessage } from './mail-feedback/mail-feedback-message.entity';
export { ChannelArrival } from './user-channels/channel-arrival.entity';
export { USER_CHANNELS, UserChannel, type UserChannelName } from './user-channels/user-channel.entity';
export { LinkSeal } from './content/link-seal';
export { Mutes } from './mutes/mutes.service';
export type { MuteTarget, NewMute } from './mutes/mutes.schema';
export { Mute } from './mutes/mute.entity';
export { SendTurn } from './send-turn.entity';
export { UserStream } from './user-stream.entity';
export { NotificationsModule } from './notifications.module';
export { NotificationsApiModule } from './notifications-api.module';
export { NotificationsWorkerModule } from './notifications-worker.module';
export { DeliveryService } from './delivery.service';
export { DeliverySweeper } from './delivery-sweeper';
export { MailError, type MailMessage, MailSender, NOTIFICATION_ID_HEADER } from './mail/mail-sender';
export { deliverDue } from './notifications.jobs';
export { Outbox } from './outbox';
export { parseStreamHints, STREAM_CHANNEL, type StreamHint } from './stream-hints';
