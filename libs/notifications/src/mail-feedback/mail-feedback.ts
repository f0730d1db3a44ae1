import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '@waxwatch/platform/clock';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Database, rowsIn } from '@waxwatch/platform/database';
import { AppError } from '@waxwatch/platform/errors';
import { Outbox } from '../outbox';
import { RECORD_CHANNEL_DISABLED } from '../user-channels/user-channels.sql';
import { FORGET_MESSAGES, NOTE_FEEDBACK, NOTE_MESSAGE, USERS_OF_ADDRESS } from './mail-feedback.sql';
import {
  isSignedBy,
  isSnsCertificate,
  isSnsUrl,
  readFeedback,
  type SnsMessage,
  snsMessage,
} from './sns-message';
import { fetchText, SnsCertificates } from './sns-certificates';

const ENOUGH_SOFT_BOUNCES = 5;
/** SNS tries for an hour at most; what is older is somebody's recording. */
const MOST_AGE_MS = 2 * 3_600_000;

/** Takes what Amazon SES reports of bounces and complaints through SNS, and believes only what SNS has signed. */
@Injectable()
export class MailFeedback {
  private readonly logger = new Logger('notifications');

  constructor(
    private readonly db: Database,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    private readonly certificates: SnsCertificates,
    @InjectConfig() private readonly config: AppConfig,
  ) {}

  /**
   * @throws AppError 503 where no topic is configured, 403 for another topic, 412 for what SNS has not signed
   */
  async receive(body: unknown): Promise<void> {
    const topics = this.config.SES_FEEDBACK_TOPIC_ARNS;
    if (topics.length === 0) throw new AppError('unavailable', 'feedback is not configured here');
    const message = readMessage(body);
    if (!topics.includes(message.TopicArn)) throw new AppError('forbidden', 'not a topic of ours');
    await this.verify(message);
    if (message.Type === 'SubscriptionConfirmation') await this.confirm(message);
    else if (message.Type === 'Notification') await this.take(message);
  }

  private async verify(message: SnsMessage): Promise<void> {
    const { Timestamp } = message;
    const age = this.clock.now().getTime() - Date.parse(Timestamp);
    const isFresh = Number.isFinite(age) && Math.abs(age) < MOST_AGE_MS;
    if (isFresh && (await this.isSigned(message))) return;
    this.logger.warn({ event: 'notifications.feedback.forged', topic: message.TopicArn });
    throw new AppError('precondition_failed', 'not signed by Amazon SNS');
  }

  private async isSigned(message: SnsMessage): Promise<boolean> {
    const { SigningCertURL: url, TopicArn } = message;
    if (!isSnsCertificate(url, TopicArn, this.config.SNS_ENDPOINT_URL)) return false;
    const key = await this.certificates.keyAt(url);
    return key !== null && isSignedBy(key, message);
  }

  private async confirm({ SubscribeURL: url = '', TopicArn }: SnsMessage): Promise<void> {
    if (!isSnsUrl(url, TopicArn, this.config.SNS_ENDPOINT_URL))
      throw new AppError('precondition_failed', 'not an address of Amazon SNS');
    await fetchText(url);
    this.logger.log({ event: 'notifications.feedback.subscribed' });
  }

  private async take(message: SnsMessage): Promise<void> {
    const feedback = readFeedback(message.Message);
    const told = await this.db.transaction(async (tx) => {
      const [isNew] = await rowsIn(tx, NOTE_MESSAGE, [message.MessageId]);
      if (!isNew || !feedback) return 0;
      await rowsIn(tx, FORGET_MESSAGES, []);
      const events: string[] = [];
      const reason = feedback.kind === 'soft_bounce' ? null : feedback.kind;
      for (const address of [...new Set(feedback.addresses)].sort()) {
        const [suppressed] = await rowsIn<{ reason: string }>(tx, NOTE_FEEDBACK, [
          address,
          reason,
          ENOUGH_SOFT_BOUNCES,
        ]);
        if (!suppressed) continue;
        const users = await rowsIn<{ id: string }>(tx, USERS_OF_ADDRESS, [address]);
        for (const { id } of users) {
          const payload = JSON.stringify({ channel: 'email', reason: suppressed.reason });
          events.push(
            ...(await rowsIn<{ id: string }>(tx, RECORD_CHANNEL_DISABLED, [id, payload])).map(
              (row) => row.id,
            ),
          );
        }
      }
      return await this.outbox.fanOut(tx, events);
    });
    this.logger.log({ event: 'notifications.feedback.taken', kind: feedback?.kind ?? 'other' });
    if (told > 0) await this.outbox.ring();
  }
}

function readMessage(body: unknown): SnsMessage {
  try {
    const text: unknown = typeof body === 'string' ? JSON.parse(body) : body;
    return snsMessage.parse(text);
  } catch (cause) {
    throw new AppError('precondition_failed', 'not a message of Amazon SNS', { cause });
  }
}
