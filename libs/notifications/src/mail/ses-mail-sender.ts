import type { SESv2Client } from '@aws-sdk/client-sesv2';
import { Logger } from '@nestjs/common';
import type { AppConfig } from '@waxwatch/platform/config';
import { MailError, type MailMessage, MailSender, NOTIFICATION_ID_HEADER } from './mail-sender';

type Sdk = typeof import('@aws-sdk/client-sesv2');
interface Loaded {
  sdk: Sdk;
  client: SESv2Client;
}
type SesSettings = Pick<
  AppConfig,
  'SES_REGION' | 'SES_SENDER_EMAIL' | 'SES_CONFIGURATION_SET' | 'SES_ENDPOINT_URL'
>;

const CONNECT_TIMEOUT_MS = 2_000;
const CALL_TIMEOUT_MS = 9_000;
/** AWS: wait up to ten minutes before trying again. */
const HOLD_SECONDS = 600;
const ALARMS = new Set([
  'NotFoundException',
  'MailFromDomainNotVerifiedException',
  'SendingPausedException',
  'AccountSuspendedException',
  'LimitExceededException',
  'UnrecognizedClientException',
  'AccessDeniedException',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'ExpiredTokenException',
  'CredentialsProviderError',
]);

/**
 * Amazon SES v2 `SendEmail`. It is asked once: SES has no idempotency token, so a repeat is the outbox's decision.
 * Errors are told by their names, as AWS asks. The SDK is loaded at the first mail.
 */
export class SesMailSender extends MailSender {
  private readonly logger = new Logger('notifications');
  private loading: Promise<Loaded> | null = null;

  constructor(
    private readonly settings: SesSettings,
    private readonly callTimeoutMs = CALL_TIMEOUT_MS,
  ) {
    super();
  }

  override async send(message: MailMessage, signal: AbortSignal): Promise<string> {
    try {
      const { sdk, client } = await this.loaded();
      const command = new sdk.SendEmailCommand({
        FromEmailAddress: this.settings.SES_SENDER_EMAIL,
        Destination: { ToAddresses: [message.to] },
        ConfigurationSetName: this.settings.SES_CONFIGURATION_SET,
        EmailTags: tagsOf(message),
        Content: {
          Simple: {
            Subject: utf8(message.subject),
            Body: { Text: utf8(message.text), Html: utf8(message.html) },
            Headers: Object.entries(message.headers).map(([Name, Value]) => ({ Name, Value })),
          },
        },
      });
      const { MessageId } = await client.send(command, { abortSignal: signal });
      return MessageId ?? 'ses';
    } catch (error) {
      throw this.translate(error);
    }
  }

  /** Ends the connections. */
  async close(): Promise<void> {
    const loaded = await this.loading?.catch(() => null);
    loaded?.client.destroy();
  }

  /** What could not be loaded is loaded again for the next mail. */
  private async loaded(): Promise<Loaded> {
    this.loading ??= this.load().catch((error: unknown) => {
      this.loading = null;
      throw error;
    });
    return await this.loading;
  }

  private async load(): Promise<Loaded> {
    const sdk = await import('@aws-sdk/client-sesv2');
    const { SES_REGION: region, SES_ENDPOINT_URL: endpoint } = this.settings;
    const client = new sdk.SESv2Client({
      region,
      ...(endpoint === undefined ? {} : { endpoint }),
      maxAttempts: 1,
      requestHandler: {
        connectionTimeout: CONNECT_TIMEOUT_MS,
        requestTimeout: this.callTimeoutMs,
        // Without, the SDK only warns.
        throwOnRequestTimeout: true,
      },
    });
    return { sdk, client };
  }

  private translate(error: unknown): MailError {
    const { name, message, status } = readError(error);
    const detail = `${name}: ${message.replaceAll(/arn:\S+/g, '***')}`.slice(0, 300);
    if (ALARMS.has(name)) {
      this.logger.error({ event: 'notifications.ses.alarm', error_name: name });
      return new MailError(codeOf(name), true, HOLD_SECONDS, { detail });
    }
    if (name === 'ThrottlingException' && /daily/i.test(message)) {
      return new MailError('ses_daily_quota', true, HOLD_SECONDS, { detail });
    }
    if (name === 'MessageRejected' || name === 'BadRequestException') {
      return new MailError(codeOf(name), false, undefined, { detail });
    }
    // Throttling, 5xx, and whatever happened to the connection.
    const isOurs = status !== undefined && status >= 400 && status < 500 && status !== 429;
    const isThrottled = /Throttling|TooManyRequests/.test(name);
    return new MailError(codeOf(name), isThrottled || !isOurs, undefined, { detail });
  }
}

const utf8 = (Data: string): { Data: string; Charset: string } => ({ Data, Charset: 'UTF-8' });

function tagsOf({ headers }: MailMessage): { Name: string; Value: string }[] {
  const id = headers[NOTIFICATION_ID_HEADER];
  return id === undefined ? [] : [{ Name: 'notification_id', Value: id }];
}

function readError(error: unknown): { name: string; message: string; status: number | undefined } {
  if (!(error instanceof Error)) return { name: 'unknown', message: '', status: undefined };
  const metadata: unknown = '$metadata' in error ? error.$metadata : undefined;
  const status: unknown =
    typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
      ? metadata.httpStatusCode
      : undefined;
  return {
    name: error.name,
    message: error.message,
    status: typeof status === 'number' ? status : undefined,
  };
}

/** `TooManyRequestsException` as `ses_too_many_requests`. */
const codeOf = (name: string): string =>
  `ses_${name
    .replace(/Exception$|Error$/, '')
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()}`.slice(0, 60);
