import { AuthModule } from '@waxwatch/auth';
import { NotificationsApiModule } from '@waxwatch/notifications';
import type { Database } from '@waxwatch/platform/database';
import { SesSimulator } from '../simulators/ses/ses-simulator';
import { SmtpSimulator } from '../simulators/smtp/smtp-simulator';
import { useTestDatabase } from '../support/database';
import { type DeliveryWorker, startDeliveryWorker } from '../support/delivery-worker';
import { insertNotifications, notificationsOf } from '../support/factories/notifications';
import { insertUser } from '../support/factories/users';
import { startHttpApp } from '../support/http-app';
import { TestIssuer } from '../support/tokens';

const LINKS = { PUBLIC_BASE_URL: 'https://wax.example', NOTIFICATION_LINK_SECRET: 'l'.repeat(32) };
const payload = {
  listing_title: 'Alpha - Beta',
  price: 12.5,
  currency: 'EUR',
  provider: 'discogs',
  seller: 'sh\u00f6p',
};

describe('mail carriers', () => {
  const database = useTestDatabase();
  const ses = new SesSimulator();
  const smtp = new SmtpSimulator();
  let smtpUrl: string;
  let worker: DeliveryWorker;
  let db: Database;
  let user: string;

  const start = async (env: Record<string, string>) => {
    worker = await startDeliveryWorker(
      { DATABASE_URL: database.url, ...LINKS, ...env },
      { keepsCarrier: true },
    );
    ({ db } = worker);
    await db.rows('DELETE FROM users');
    user = await insertUser(db, { email: 'digger@collector.example' });
  };
  const deliverOne = async () => {
    const [id] = await insertNotifications(db, user, 1, { channels: ['email'], payload });
    await worker.deliver();
    const row = (await notificationsOf(db, user)).find((candidate) => candidate.id === id);
    return { id, row };
  };

  beforeAll(async () => {
    await ses.start();
    smtpUrl = await smtp.start();
    process.env.AWS_ACCESS_KEY_ID = 'AKIDEXAMPLE';
    process.env.AWS_SECRET_ACCESS_KEY = 'secret';
  });
  afterAll(async () => {
    await ses.stop();
    await smtp.stop();
  });
  afterEach(async () => {
    await worker.close();
    ses.reset();
  });

  describe('Amazon SES', () => {
    beforeEach(async () => {
      await start({
        NOTIFICATION_EMAIL_PROVIDER: 'ses',
        SES_ENDPOINT_URL: ses.url,
        SES_SENDER_EMAIL: 'alerts@wax.example',
        SES_CONFIGURATION_SET: 'waxwatch',
      });
    });

    it('takes a mail with text, HTML and the headers that end it with one click', async () => {
      const { id, row } = await deliverOne();

      expect(row).toMatchObject({ status: 'sent' });
      expect(ses.mails).toEqual([
        expect.objectContaining({
          from: 'alerts@wax.example',
          to: ['digger@collector.example'],
          subject: 'Found: Alpha - Beta, 12.50 EUR',
          text: expect.stringContaining('Seller: shöp') as string,
          html: expect.stringContaining('Alpha - Beta') as string,
          configurationSet: 'waxwatch',
          tags: { notification_id: id },
          headers: {
            'X-WaxWatch-Notification-Id': id,
            'List-Unsubscribe': expect.stringMatching(
              /^<https:\/\/wax\.example\/api\/unsubscribe\/[\w-]+>$/,
            ) as string,
            'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
          },
        }),
      ]);
    });

    it.each([
      ['TooManyRequestsException', 429, 'pending', 'ses_too_many_requests'],
      ['ThrottlingException', 400, 'pending', 'ses_throttling'],
      ['InternalServiceErrorException', 500, 'pending', 'ses_internal_service_error'],
      ['MessageRejected', 400, 'failed', 'ses_message_rejected'],
      ['BadRequestException', 400, 'failed', 'ses_bad_request'],
      ['NotFoundException', 404, 'pending', 'ses_not_found'],
      ['MailFromDomainNotVerifiedException', 400, 'pending', 'ses_mail_from_domain_not_verified'],
      ['SendingPausedException', 400, 'pending', 'ses_sending_paused'],
      ['LimitExceededException', 400, 'pending', 'ses_limit_exceeded'],
      ['AccessDeniedException', 403, 'pending', 'ses_access_denied'],
    ])('answers %s (%d) and the row is %s', async (name, status, expected, code) => {
      ses.fail(name, status);

      const { row } = await deliverOne();

      expect(row).toMatchObject({ status: expected, error_code: code });
      expect(ses.requests()).toHaveLength(1);
    });

    it('is asked again after a lost connection, and the second copy has the same id', async () => {
      ses.inject({ kind: 'cut' });
      const { id, row } = await deliverOne();
      expect(row).toMatchObject({ status: 'pending', error_code: expect.stringMatching(/^ses_/) as string });

      await db.rows(`UPDATE notifications SET due_at = now()`);
      await worker.deliver();

      expect(ses.mails.map(({ tags }) => tags['notification_id'])).toEqual([id, id]);
    });
  });

  describe('SMTP', () => {
    beforeEach(async () => {
      smtp.mails.length = 0;
      await start({
        NOTIFICATION_EMAIL_PROVIDER: 'smtp',
        SMTP_URL: smtpUrl,
        SMTP_SENDER_EMAIL: 'alerts@wax.example',
      });
    });

    it('takes a mail after a login', async () => {
      const { id, row } = await deliverOne();

      expect(row).toMatchObject({ status: 'sent' });
      expect(smtp.mails).toEqual([
        {
          from: 'alerts@wax.example',
          to: ['digger@collector.example'],
          source: expect.stringMatching(new RegExp(`^X-WaxWatch-Notification-Id: ${id}`, 'im')) as string,
        },
      ]);
      const source = smtp.mails[0]?.source ?? '';
      expect(source).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/m);
      expect(source).toMatch(/^Content-Type: multipart\/alternative;/m);
    });

    it.each([
      [451, 'pending'],
      [550, 'failed'],
    ])('refuses a recipient with %d and the row is %s', async (code, status) => {
      smtp.refusals.push({ code, text: 'no' });

      expect((await deliverOne()).row).toMatchObject({ status, error_code: `smtp_${code}` });
    });
  });

  describe('a test of e-mail', () => {
    const testBy = async (env: Record<string, string>) => {
      const issuer = await TestIssuer.start();
      const keys = { AUTH_ISSUER: issuer.issuer, AUTH_JWKS_URL: issuer.jwksUrl };
      const http = await startHttpApp([AuthModule, NotificationsApiModule], {
        DATABASE_URL: database.url,
        ...keys,
        ...LINKS,
        ...env,
      });
      const token = await issuer.issueToken({ sub: user });
      const { status, body } = await http.call('POST', '/api/me/channels/email/test', { token });
      await http.close();
      await issuer.stop();
      expect(status).toBe(200);
      return body;
    };
    const bySes = () => ({
      NOTIFICATION_EMAIL_PROVIDER: 'ses',
      SES_ENDPOINT_URL: ses.url,
      SES_SENDER_EMAIL: 'alerts@wax.example',
    });
    const bySmtp = () => ({
      NOTIFICATION_EMAIL_PROVIDER: 'smtp',
      SMTP_URL: smtpUrl,
      SMTP_SENDER_EMAIL: 'alerts@wax.example',
    });
    const refused = (error: Record<string, unknown>) => ({
      ok: false,
      provider_message_id: null,
      error: { retry_after_seconds: null, ...error },
    });

    beforeEach(async () => {
      await start({});
    });

    it('is a mail', async () => {
      expect(await testBy(bySes())).toMatchObject({ ok: true, error: null });
      expect(ses.mails.map(({ to }) => to)).toEqual([['digger@collector.example']]);
      // Nobody is to look for a record in it.
      expect(ses.mails.map(({ subject }) => subject)).toEqual(['Test: WaxWatch alerts arrive here']);
    });

    it('tells the words of Amazon SES, without what names the operator there', async () => {
      ses.fail('MessageRejected', 400, 'Email address is not verified: arn:aws:ses:eu-west-1:1:identity/x');

      expect(await testBy(bySes())).toEqual(
        refused({
          code: 'ses_message_rejected',
          detail: 'MessageRejected: Email address is not verified: ***',
          retryable: false,
        }),
      );
    });

    it('tells the words of the mail server', async () => {
      smtp.refusals.push({ code: 550, text: 'no such mailbox here' });

      expect(await testBy(bySmtp())).toEqual(
        refused({ code: 'smtp_550', detail: '550 no such mailbox here', retryable: false }),
      );
    });

    it('says why we do not write there', async () => {
      await db.rows(
        `INSERT INTO email_suppressions (address_hash, reason, suppressed_at)
         VALUES (encode(sha256('digger@collector.example'), 'hex'), 'hard_bounce', now())`,
      );

      expect(await testBy(bySes())).toEqual(
        refused({ code: 'address_suppressed', detail: 'hard_bounce', retryable: false }),
      );
      await db.rows('DELETE FROM email_suppressions');
    });

    it('says that nobody carries mail here', async () => {
      expect(await testBy({ NOTIFICATION_EMAIL_PROVIDER: 'none' })).toMatchObject({
        ok: false,
        error: { code: 'email_not_configured' },
      });
    });
  });

  it('keeps rows for later when the server does not accept our login', async () => {
    await start({
      NOTIFICATION_EMAIL_PROVIDER: 'smtp',
      SMTP_URL: smtpUrl.replace('p%3Ass', 'wrong'),
      SMTP_SENDER_EMAIL: 'alerts@wax.example',
    });

    expect((await deliverOne()).row).toMatchObject({ status: 'pending', error_code: 'smtp_auth' });
  });

  it('ends rows with the reason where no carrier is configured', async () => {
    await start({ NOTIFICATION_EMAIL_PROVIDER: 'none' });

    expect((await deliverOne()).row).toMatchObject({ status: 'failed', error_code: 'email_not_configured' });
  });
});
