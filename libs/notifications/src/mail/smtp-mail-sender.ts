import type { AppConfig } from '@waxwatch/platform/config';
import { createTransport } from 'nodemailer';
import { MailError, type MailMessage, MailSender, NOTIFICATION_ID_HEADER } from './mail-sender';

/** Of the time for a send: to connect, to be greeted, and for each silence after that. Together less than all of it. */
const CONNECT_PART = 0.2;
const GREETING_PART = 0.2;
const SILENCE_PART = 0.5;
const MOST_CONNECTIONS = 5;

/**
 * A mail server over SMTP, with TLS wherever the server offers it and a handful of connections kept open.
 *
 * What is under way cannot be called back, so the signal of `send` goes unheard: silence ends a connection before the
 * time for a send is up. Mail that waits for a free connection, or whose server answers each command slowly, may still
 * leave after we gave it up; the repeat is a second copy then, with the same Message-ID.
 */
export class SmtpMailSender extends MailSender {
  private readonly transport;

  constructor(
    private readonly settings: Pick<AppConfig, 'SMTP_URL' | 'SMTP_SENDER_EMAIL' | 'isProductionLike'>,
    sendTimeoutMs: number,
  ) {
    super();
    const url = new URL(settings.SMTP_URL ?? 'smtp://127.0.0.1:25');
    const isSecure = url.protocol === 'smtps:';
    this.transport = createTransport({
      pool: true,
      host: url.hostname,
      port: Number(url.port || (isSecure ? 465 : 587)),
      secure: isSecure,
      // A password never goes over the wire in the clear.
      requireTLS: !isSecure && settings.isProductionLike,
      ...(url.username === ''
        ? {}
        : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
      maxConnections: MOST_CONNECTIONS,
      connectionTimeout: sendTimeoutMs * CONNECT_PART,
      greetingTimeout: sendTimeoutMs * GREETING_PART,
      socketTimeout: sendTimeoutMs * SILENCE_PART,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  override async send(message: MailMessage): Promise<string> {
    const { to, subject, text, html, headers } = message;
    const id = headers[NOTIFICATION_ID_HEADER];
    const { SMTP_SENDER_EMAIL: from } = this.settings;
    try {
      const sent = await this.transport.sendMail({
        from,
        // As an object it is an address and nothing else, whatever it looks like.
        to: { name: '', address: to },
        subject,
        text,
        html,
        headers,
        // The same over repeats, so that servers and mail programs may drop a second copy.
        ...(id === undefined ? {} : { messageId: `<${id}@${from.split('@').at(-1) ?? 'waxwatch'}>` }),
      });
      return sent.messageId;
    } catch (error) {
      throw translate(error);
    }
  }

  /** Ends the connections. */
  async close(): Promise<void> {
    this.transport.close();
    await Promise.resolve();
  }
}

/** RFC 5321: 4xx is for now, 5xx for good; no answer at all is for now. Wrong credentials are ours to mend. */
function translate(error: unknown): MailError {
  const { code, responseCode, response } = (error ?? {}) as {
    code?: unknown;
    responseCode?: unknown;
    response?: unknown;
  };
  const status = typeof responseCode === 'number' ? responseCode : undefined;
  const detail = typeof response === 'string' ? response.slice(0, 300) : undefined;
  if (code === 'EAUTH')
    return new MailError('smtp_auth', true, 600, { detail: 'the mail server refused our login' });
  if (status !== undefined) return new MailError(`smtp_${status}`, status < 500, undefined, { detail });
  const name = typeof code === 'string' ? code.toLowerCase() : 'unreachable';
  return new MailError(`smtp_${name}`.slice(0, 60), code !== 'EENVELOPE', undefined, { detail });
}
