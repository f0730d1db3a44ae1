import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import {
  answerEbayChallenge,
  EbayNotifications,
  isProviderError,
  missingConfigReason,
  ProviderRegistry,
} from '@waxwatch/integrations';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Database } from '@waxwatch/platform/database';
import { AppError } from '@waxwatch/platform/errors';
import { Metrics } from '@waxwatch/platform/metrics';
import { JobQueue } from '@waxwatch/platform/queue';
import { eraseSellers } from './ebay-deletions.jobs';
import { accountDeletionSchema } from './ebay-deletions.schema';
import { RECEIVE_DELETION } from './ebay-deletions.sql';

const PATH = '/api/webhooks/ebay/account-deletion';
const TOPIC = 'MARKETPLACE_ACCOUNT_DELETION';
const VERIFY_WITHIN_MS = 8_000;
const RETRY_AFTER_SECONDS = 60;

/** Takes in what eBay tells us of closed accounts. The erasing itself is a worker's. */
@Injectable()
export class AccountDeletions implements OnApplicationBootstrap {
  private readonly logger = new Logger('ebay-deletions');
  private readonly outcomes;

  constructor(
    private readonly db: Database,
    private readonly jobs: JobQueue,
    private readonly notifications: EbayNotifications,
    private readonly providers: ProviderRegistry,
    @InjectConfig() private readonly config: AppConfig,
    metrics: Metrics,
  ) {
    this.outcomes = metrics.counter(
      'waxwatch_ebay_account_deletions_total',
      'Account-deletion notifications by what became of them',
      ['outcome'],
    );
  }

  /** eBay switches off the keyset of whoever stores listings and does not take these notifications. */
  onApplicationBootstrap(): void {
    const { reason } = this.setUp();
    if (reason === null || !this.providers.status('ebay').enabled) return;
    this.logger.warn({ event: 'ebay_deletions.off', reason });
  }

  /**
   * The proof that the endpoint is ours.
   * @throws AppError 503 where it is not configured
   */
  answerChallenge(code: string): string {
    const { token, endpoint } = this.required();
    return answerEbayChallenge(code, token, endpoint);
  }

  /**
   * Takes down whose data is to be erased, once for each notification however often it comes.
   * @param body the bytes as they came
   * @param signature `X-EBAY-SIGNATURE`
   * @throws AppError 412 when eBay has not signed it, 422 when it is signed and unreadable, 503 when that cannot be
   *   found out just now or the endpoint is not configured
   */
  async receive(body: Buffer, signature: string | undefined): Promise<void> {
    this.required();
    await this.checkSignature(body, signature);
    const parsed = accountDeletionSchema.safeParse(JSON.parse(body.toString('utf8')));
    if (!parsed.success) {
      this.outcomes.inc({ outcome: 'unreadable' });
      this.logger.error({ event: 'ebay_deletions.unreadable' });
      throw new AppError('unprocessable', 'unreadable notification');
    }
    const { metadata, notification } = parsed.data;
    if (metadata.topic !== TOPIC) {
      this.outcomes.inc({ outcome: 'other_topic' });
      return;
    }
    const { username, userId, eiasToken } = notification.data;
    const names = [username, userId, eiasToken].flatMap((name) => (name ? [name.toLowerCase()] : []));
    await this.db.rows(RECEIVE_DELETION, [notification.notificationId, names]);
    this.outcomes.inc({ outcome: 'accepted' });
    this.logger.log({ event: 'ebay_deletions.accepted', notification_id: notification.notificationId });
    await this.jobs.nudge(eraseSellers, {});
  }

  private async checkSignature(body: Buffer, signature: string | undefined): Promise<void> {
    const call = {
      signal: AbortSignal.timeout(VERIFY_WITHIN_MS),
      priority: 'interactive',
      userId: null,
    } as const;
    const isGenuine = await this.notifications.isGenuine(body, signature, call).catch((cause: unknown) => {
      if (!isProviderError(cause)) throw cause;
      this.outcomes.inc({ outcome: 'unverifiable' });
      this.logger.warn({ event: 'ebay_deletions.unverifiable', kind: cause.kind });
      const message = 'eBay public key unavailable';
      throw new AppError('unavailable', message, { retryAfterSeconds: RETRY_AFTER_SECONDS, cause });
    });
    if (isGenuine) return;
    this.outcomes.inc({ outcome: 'forged' });
    this.logger.warn({ event: 'ebay_deletions.forged' });
    throw new AppError('precondition_failed', 'invalid signature');
  }

  private required(): { token: string; endpoint: string } {
    const { token, endpoint, reason } = this.setUp();
    if (reason !== null) throw new AppError('unavailable', `eBay account deletion is off: ${reason}`);
    return { token, endpoint };
  }

  private setUp(): { token: string; endpoint: string; reason: string | null } {
    const { PUBLIC_BASE_URL, EBAY_CLIENT_ID, EBAY_CLIENT_SECRET } = this.config;
    const { EBAY_DELETION_VERIFICATION_TOKEN, EBAY_DELETION_ENDPOINT_URL: own } = this.config;
    const base = PUBLIC_BASE_URL?.replace(/\/+$/, '');
    const EBAY_DELETION_ENDPOINT_URL = own ?? (base === undefined ? undefined : `${base}${PATH}`);
    return {
      token: EBAY_DELETION_VERIFICATION_TOKEN ?? '',
      endpoint: EBAY_DELETION_ENDPOINT_URL ?? '',
      reason: missingConfigReason({
        EBAY_DELETION_VERIFICATION_TOKEN,
        EBAY_DELETION_ENDPOINT_URL,
        EBAY_CLIENT_ID,
        EBAY_CLIENT_SECRET,
      }),
    };
  }
}
