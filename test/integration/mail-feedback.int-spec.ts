import { AuthModule } from '@waxwatch/auth';
import { NotificationsApiModule } from '@waxwatch/notifications';
import type { Database } from '@waxwatch/platform/database';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { SnsSimulator, TOPIC } from '../simulators/sns/sns-simulator';
import { useTestDatabase } from '../support/database';
import { type DeliveryWorker, startDeliveryWorker } from '../support/delivery-worker';
import { insertNotifications, notificationsOf } from '../support/factories/notifications';
import { insertUser } from '../support/factories/users';
import { type HttpApp, startHttpApp } from '../support/http-app';
import { TestIssuer } from '../support/tokens';

const ADDRESS = 'digger@collector.example';

describe('mail that is not wanted or does not arrive', () => {
  const database = useTestDatabase();
  const sns = new SnsSimulator();
  let issuer: TestIssuer;
  let http: HttpApp;
  let worker: DeliveryWorker;
  let db: Database;
  let user: string;

  const post = async (message: Record<string, string>): Promise<number> => {
    const headers = { 'content-type': 'text/plain; charset=UTF-8' };
    const response = await fetch(`${http.url}/api/webhooks/ses`, {
      method: 'POST',
      headers,
      body: JSON.stringify(message),
    });
    return response.status;
  };
  const events = async () =>
    (
      await db.rows<{ payload: unknown }>(
        `SELECT payload FROM events WHERE type = 'CHANNEL_DISABLED' AND user_id = $1`,
        [user],
      )
    ).map(({ payload }) => payload);
  const sendMail = async () => {
    const [id] = await insertNotifications(db, user, 1, { channels: ['email'] });
    await worker.deliver();
    return (await notificationsOf(db, user)).find((row) => row.id === id);
  };

  beforeAll(async () => {
    await sns.start();
    issuer = await TestIssuer.start();
    const env = {
      DATABASE_URL: database.url,
      AUTH_ISSUER: issuer.issuer,
      AUTH_JWKS_URL: issuer.jwksUrl,
      SNS_ENDPOINT_URL: sns.url,
      SES_FEEDBACK_TOPIC_ARNS: TOPIC,
      PUBLIC_BASE_URL: 'https://wax.example',
      NOTIFICATION_LINK_SECRET: 'l'.repeat(32),
    };
    http = await startHttpApp([AuthModule, NotificationsApiModule], env);
    worker = await startDeliveryWorker(env);
    db = worker.db;
  });
  afterAll(async () => {
    await http.close();
    await worker.close();
    await sns.stop();
    await issuer.stop();
  });
  beforeEach(async () => {
    worker.carrier.taken.length = 0;
    sns.reset();
    for (const table of ['users', 'listings', 'email_suppressions', 'mail_feedback_messages'])
      await db.rows(`DELETE FROM ${table}`);
    user = await insertUser(db, { email: ADDRESS });
  });

  it.each(['1', '2'] as const)(
    'suppresses an address that bounces for good, in signature version %s',
    async (version) => {
      expect(await post(sns.message({ Message: sns.bounce('Digger@collector.example') }, version))).toBe(204);

      expect(await sendMail()).toMatchObject({ status: 'failed', error_code: 'address_suppressed' });
      expect(worker.carrier.taken).toEqual([]);
      expect(await events()).toEqual([{ channel: 'email', reason: 'hard_bounce' }]);
    },
  );

  it('tells once, however often SNS says so', async () => {
    const message = sns.message({ Message: sns.complaint(ADDRESS, 'abuse') });
    for (const again of [message, message, sns.message({ Message: sns.bounce(ADDRESS) })]) await post(again);

    expect(await events()).toEqual([{ channel: 'email', reason: 'complaint' }]);
  });

  it('counts bounces that may pass, and gives up after five', async () => {
    for (let bounces = 0; bounces < 4; bounces += 1) {
      await post(sns.message({ Message: sns.bounce(ADDRESS, 'Transient') }));
    }
    expect(await sendMail()).toMatchObject({ status: 'sent' });

    await post(sns.message({ Message: sns.bounce(ADDRESS, 'Transient') }));
    expect(await sendMail()).toMatchObject({ error_code: 'address_suppressed' });
  });

  it('writes again when the address changes, and after “not spam”', async () => {
    await post(sns.message({ Message: sns.complaint(ADDRESS, 'not-spam') }));
    expect(await sendMail()).toMatchObject({ status: 'sent' });
    await post(sns.message({ Message: sns.bounce(ADDRESS) }));
    await db.rows(`UPDATE users SET email = 'other@collector.example' WHERE id = $1`, [user]);

    expect(await sendMail()).toMatchObject({ status: 'sent' });
  });

  describe('an address that is not written to', () => {
    const call = async (
      method: string,
      path: string,
      claims: { sub: string; role?: string } = { sub: user },
    ) => await http.call(method, path, { token: await issuer.issueToken(claims) });
    const ofMail = async (): Promise<Record<string, unknown>> => {
      const { body } = await call('GET', '/api/me/channels');
      return (body as Record<string, unknown>[]).find(({ channel }) => channel === 'email') ?? {};
    };
    const resume = async (as = user) => await call('POST', '/api/me/channels/email/resume', { sub: as });
    const lift = async (role = 'admin') =>
      await call('DELETE', `/api/notifications/admin/email-suppressions/${user}`, { sub: user, role });
    const bounce = async (type = 'Permanent') =>
      await post(sns.message({ Message: sns.bounce(ADDRESS, type) }));
    const complain = async () => await post(sns.message({ Message: sns.complaint(ADDRESS, 'abuse') }));

    it('is shown among the channels of its user, with the reason', async () => {
      expect(await ofMail()).toMatchObject({ hint: ADDRESS, is_enabled: true, disabled_reason: null });
      await bounce();

      expect(await ofMail()).toMatchObject({
        disabled_reason: 'hard_bounce',
        last_error_code: 'hard_bounce',
      });
    });

    it('is written to again after a bounce when its user says so', async () => {
      await bounce();

      expect(await resume()).toMatchObject({
        status: 200,
        body: { channel: 'email', disabled_reason: null },
      });

      expect(await ofMail()).toMatchObject({ disabled_reason: null });
      expect(await sendMail()).toMatchObject({ status: 'sent' });
    });

    it('may pass five bounces again before it is given up', async () => {
      for (let bounces = 0; bounces < 5; bounces += 1) await bounce('Transient');
      expect((await resume()).status).toBe(200);

      await bounce('Transient');

      expect(await ofMail()).toMatchObject({ disabled_reason: null });
    });

    it('tells its user again when it bounces again, and is tried once a day', async () => {
      await bounce();
      await resume();
      await bounce();

      expect(await events()).toHaveLength(2);
      expect((await resume()).status).toBe(409);
      expect(await sendMail()).toMatchObject({ error_code: 'address_suppressed' });

      await db.rows(`UPDATE email_suppressions SET lifted_at = now() - interval '25 hours'`);
      expect((await resume()).status).toBe(200);
    });

    it('stays so after a complaint, whatever its user says, until an administrator allows it', async () => {
      await complain();
      expect((await resume()).status).toBe(409);
      expect((await lift('user')).status).toBe(403);
      expect(await sendMail()).toMatchObject({ error_code: 'address_suppressed' });

      expect((await lift()).status).toBe(204);

      expect(await sendMail()).toMatchObject({ status: 'sent' });
      expect((await lift()).status).toBe(404);
    });

    it('is nobody else’s to try again', async () => {
      await bounce();
      const stranger = await insertUser(db, {});

      expect(await resume(stranger)).toMatchObject({ status: 200, body: { disabled_reason: null } });

      expect(await ofMail()).toMatchObject({ disabled_reason: 'hard_bounce' });
    });

    it('needs no call where another address takes its place', async () => {
      await bounce();
      await db.rows(`UPDATE users SET email = 'other@collector.example' WHERE id = $1`, [user]);

      expect(await ofMail()).toMatchObject({ hint: 'other@collector.example', disabled_reason: null });
    });

    it('is none where nobody knows one', async () => {
      await db.rows(`UPDATE users SET email = id || '@users.invalid' WHERE id = $1`, [user]);

      expect(await ofMail()).toMatchObject({ hint: '', disabled_reason: 'no_address' });
    });
  });

  it('confirms a subscription to our topic', async () => {
    const confirmation = {
      Type: 'SubscriptionConfirmation',
      Message: 'x',
      Token: 't',
      SubscribeURL: `${sns.url}/confirm`,
    };

    expect(await post(sns.message(confirmation))).toBe(204);
    expect(sns.requests('/confirm')).toHaveLength(1);
  });

  it.each([
    ['another topic', 403, () => sns.message({ Message: sns.bounce(ADDRESS), TopicArn: `${TOPIC}-other` })],
    ['a changed text', 412, () => ({ ...sns.message({ Message: '{}' }), Message: sns.bounce(ADDRESS) })],
    [
      'a certificate from elsewhere',
      412,
      () => ({
        ...sns.message({ Message: sns.bounce(ADDRESS) }),
        SigningCertURL: 'https://sns.evil.example/x.pem',
      }),
    ],
    [
      'a look-alike host',
      412,
      () => ({
        ...sns.message({ Message: sns.bounce(ADDRESS) }),
        SigningCertURL: 'https://sns.us-east-1.amazonaws.com.evil.example/x.pem',
      }),
    ],
    [
      'a certificate of another region than the topic’s',
      412,
      () => ({
        ...sns.message({ Message: sns.bounce(ADDRESS) }),
        SigningCertURL: 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem',
      }),
    ],
    [
      'a certificate out of another answer of SNS',
      412,
      () => ({
        ...sns.message({ Message: sns.bounce(ADDRESS) }),
        SigningCertURL: `${sns.url}/x.pem?Action=GetTopicAttributes`,
      }),
    ],
    [
      'an old recording',
      412,
      () => sns.message({ Message: sns.bounce(ADDRESS), Timestamp: '2020-01-01T00:00:00.000Z' }),
    ],
    ['no signature', 412, () => ({ ...sns.message({ Message: sns.bounce(ADDRESS) }), Signature: '' })],
    ['no message at all', 412, () => ({ hello: 'world' })],
    [
      'a confirmation that leads elsewhere',
      412,
      () =>
        sns.message({
          Type: 'SubscriptionConfirmation',
          Message: 'x',
          Token: 't',
          SubscribeURL: 'http://169.254.169.254/',
        }),
    ],
  ])('refuses %s with %d and changes nothing', async (_what, status, message) => {
    expect(await post(message())).toBe(status);
    expect(await db.rows('SELECT FROM email_suppressions')).toEqual([]);
    expect(await db.rows('SELECT FROM mail_feedback_messages')).toEqual([]);
    expect(await events()).toEqual([]);
  });

  describe('believe a certificate', () => {
    const signedAt = (name: string) => ({
      ...sns.message({ Message: sns.bounce(ADDRESS) }),
      SigningCertURL: `${sns.url}/SimpleNotificationService-${name}.pem`,
    });
    const fetches = (name: string) => sns.requests(`/SimpleNotificationService-${name}.pem`).length;
    const publicKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
      .publicKey.export({ type: 'spki', format: 'pem' })
      .toString();
    const edited = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';

    it.each([
      ['a page', '<html></html>', 'page'],
      ['nothing', '', 'nothing'],
      ['a damaged certificate', edited, 'damaged'],
      ['a bare key', publicKey, 'key'],
    ])('only: %s in its place refuses the message, and is not remembered', async (_what, body, name) => {
      sns.inject({ kind: 'status', status: 200, body });

      expect(await post(signedAt(name))).toBe(412);
      expect(await db.rows('SELECT FROM email_suppressions')).toEqual([]);
      expect(await post(signedAt(name))).toBe(204);
      expect(fetches(name)).toBe(2);
    });

    it.each([403, 500])('that could not be had (%d) the next time', async (status) => {
      sns.inject({ kind: 'status', status });

      expect(await post(signedAt(`later${status}`))).toBe(503);
      expect(await post(signedAt(`later${status}`))).toBe(204);
    });

    it('that is no longer than any certificate', async () => {
      sns.inject({ kind: 'status', status: 200, body: 'x'.repeat(1_000_000) });

      expect(await post(signedAt('endless'))).toBe(503);
      expect(await post(signedAt('endless'))).toBe(204);
    });

    it('that is fetched once, however many messages wait for it', async () => {
      const statuses = await Promise.all(Array.from({ length: 8 }, () => post(signedAt('many'))));

      expect(new Set(statuses)).toEqual(new Set([204]));
      expect(await post(signedAt('many'))).toBe(204);
      expect(fetches('many')).toBe(1);
    });

    it('once the fetch that all of them wait for works again', async () => {
      sns.inject({ kind: 'reset' });
      const statuses = await Promise.all(Array.from({ length: 4 }, () => post(signedAt('broken'))));

      expect(statuses).toContain(503);
      expect(await post(signedAt('broken'))).toBe(204);
    });
  });

  describe('links in mails', () => {
    const linkOf = async (): Promise<string> => {
      await sendMail();
      const header = worker.carrier.taken.at(-1)?.headers['List-Unsubscribe'] ?? '';
      return header.replace(/^<https:\/\/wax\.example|>$/g, '');
    };
    const isOn = async () =>
      (
        await db.rows<{ email_enabled: boolean }>(
          'SELECT email_enabled FROM user_notification_preferences WHERE user_id = $1',
          [user],
        )
      )[0]?.email_enabled ?? true;

    it('end e-mails with one click, without a login, as often as anybody clicks', async () => {
      const link = await linkOf();
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      for (let click = 0; click < 2; click += 1) {
        const answer = await fetch(`${http.url}${link}`, {
          method: 'POST',
          headers,
          body: 'List-Unsubscribe=One-Click',
        });
        expect(answer.status).toBe(200);
      }
      expect(await isOn()).toBe(false);
    });

    describe('that mute', () => {
      let listing: string;

      beforeEach(async () => {
        listing = randomUUID();
        await db.rows(
          `INSERT INTO listings (id, provider, external_id, url, title, price, seller)
           VALUES ($1::uuid, 'ebay', $1::uuid::text, 'https://www.ebay.com/itm/1', 'Alpha', 10, 'SpinBox')`,
          [listing],
        );
      });

      const mailAbout = async (): Promise<string> => {
        const alert = {
          payload: { listing_title: 'Alpha', seller: 'SpinBox' },
          channels: ['email' as const],
        };
        const [id] = await insertNotifications(db, user, 1, alert);
        await db.rows(
          'UPDATE events SET listing_id = $2 WHERE id = (SELECT event_id FROM notifications WHERE id = $1)',
          [id, listing],
        );
        await worker.deliver();
        return worker.carrier.taken.at(-1)?.text ?? '';
      };
      const linkIn = (mail: string, label: string): string =>
        new RegExp(`^${label}: https://wax\\.example(/api/mute/\\S+)$`, 'm').exec(mail)?.[1] ?? 'no link';
      const mutes = async () =>
        await db.rows('SELECT listing_id, provider, seller, muted_until FROM mutes WHERE user_id = $1', [
          user,
        ]);

      it('a copy do so once somebody clicks, however often', async () => {
        const link = linkIn(await mailAbout(), 'Mute this');
        expect(await (await fetch(`${http.url}${link}`)).text()).toContain('no more of this copy');
        expect(await mutes()).toEqual([]);
        for (let click = 0; click < 2; click += 1) expect((await http.call('POST', link)).status).toBe(200);

        expect(await mutes()).toEqual([
          { listing_id: listing, provider: null, seller: null, muted_until: null },
        ]);
      });

      it('a seller do so, and whatever else the seller offers is not told of', async () => {
        const link = linkIn(await mailAbout(), 'Mute this seller');
        expect(await (await fetch(`${http.url}${link}`)).text()).toContain('no more of this seller');
        expect(await mutes()).toEqual([]);
        expect((await http.call('POST', link)).status).toBe(200);

        expect(await mutes()).toEqual([
          { listing_id: null, provider: 'ebay', seller: 'spinbox', muted_until: null },
        ]);
        await mailAbout();
        expect(worker.carrier.taken).toHaveLength(1);
      });

      it('a seller who is not known any more say so', async () => {
        const link = linkIn(await mailAbout(), 'Mute this seller');
        await db.rows('UPDATE listings SET seller = NULL');

        expect((await http.call('POST', link)).status).toBe(404);
        expect(await mutes()).toEqual([]);
      });
    });

    it('change nothing when a scanner looks at them', async () => {
      const answer = await fetch(`${http.url}${await linkOf()}`);

      expect(answer.status).toBe(200);
      expect(await answer.text()).toContain('<form method="post">');
      expect(await isOn()).toBe(true);
    });

    it.each(['x', 'A'.repeat(120), '%00'])('are ours or nothing: %s', async (token) => {
      for (const route of ['unsubscribe', 'mute']) {
        const { status } = await http.call('POST', `/api/${route}/${token}`);
        expect([404, 422]).toContain(status);
      }
      expect(await isOn()).toBe(true);
    });
  });
});
