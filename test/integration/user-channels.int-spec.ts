import { AuthModule } from '@waxwatch/auth';
import { NotificationsApiModule } from '@waxwatch/notifications';
import { Database } from '@waxwatch/platform/database';
import { randomUUID } from 'node:crypto';
import webPush from 'web-push';
import { BOT_TOKEN, ChatSimulator, WEBHOOK_SECRET } from '../simulators/chats/chat-simulator';
import { PushSimulator } from '../simulators/push/push-simulator';
import { useTestDatabase } from '../support/database';
import { type DeliveryWorker, startDeliveryWorker } from '../support/delivery-worker';
import { insertNotifications, notificationsOf } from '../support/factories/notifications';
import { insertUser } from '../support/factories/users';
import { type HttpApp, startHttpApp } from '../support/http-app';
import { TestIssuer } from '../support/tokens';

const TOKEN = 'discord-token-that-is-secret';
const payload = {
  listing_title: 'Alpha <b>& @everyone</b> *Beta*',
  price: 12.5,
  currency: 'EUR',
  seller: '<!channel>',
  url: 'https://www.discogs.com/sell/item/1',
  provider: 'discogs',
};

describe('user channels', () => {
  const database = useTestDatabase();
  const chats = new ChatSimulator();
  const pushes = new PushSimulator();
  let issuer: TestIssuer;
  let http: HttpApp;
  let worker: DeliveryWorker;
  let db: Database;
  let user: string;
  let token: string;

  const inputs = () => ({
    push: { channel: 'push', subscription: pushes.subscribe() },
    ntfy: { channel: 'ntfy', topic: 'my-topic' },
    telegram: { channel: 'telegram', chat_id: '42' },
    discord: { channel: 'discord', webhook_url: `https://discord.com/api/webhooks/123456789/${TOKEN}` },
    slack: { channel: 'slack', webhook_url: 'https://hooks.slack.com/services/T0/B0/secretsecretsecret' },
    webhook: { channel: 'webhook', url: `${chats.url}/hook`, secret: WEBHOOK_SECRET },
  });
  type Name = keyof ReturnType<typeof inputs>;
  const call = async (method: string, path: string, body?: unknown, as = token) =>
    await http.call(method, `/api/me/channels${path}`, { token: as, body });
  const add = async (name: Name): Promise<Record<string, unknown>> => {
    const answer = await call('POST', '', inputs()[name]);
    expect({ status: answer.status, message: answer.message }).toEqual({ status: 201, message: undefined });
    const row = answer.body as Record<string, unknown>;
    if (name === 'telegram') await call('POST', `/${String(row['id'])}/confirm`, { code: sentCode() });
    return row;
  };
  /** Without e-mail, which everybody has. */
  const listed = async () => {
    const [email, ...others] = (await call('GET', '')).body as Record<string, unknown>[];
    expect(email).toMatchObject({ channel: 'email', id: null });
    return others;
  };
  const sentCode = () => /<b>(\d{6})<\/b>/.exec(JSON.stringify(chats.of('telegram').at(-1)))?.[1] ?? '';
  const test = async (name: string) => (await call('POST', `/${name}/test`)).body;
  const newUser = async () => {
    const id = randomUUID();
    await insertUser(db, { id });
    return { id, token: await issuer.issueToken({ sub: id }) };
  };

  beforeAll(async () => {
    await chats.start();
    await pushes.start();
    issuer = await TestIssuer.start();
    const vapid = webPush.generateVAPIDKeys();
    const env = {
      DATABASE_URL: database.url,
      AUTH_ISSUER: issuer.issuer,
      AUTH_JWKS_URL: issuer.jwksUrl,
      TOKEN_CRYPTO_LOCAL_KEY: Buffer.alloc(32, 7).toString('base64'),
      NTFY_BASE_URL: chats.url,
      TELEGRAM_API_BASE_URL: chats.url,
      TELEGRAM_BOT_TOKEN: BOT_TOKEN,
      DISCORD_BASE_URL: chats.url,
      SLACK_HOOKS_BASE_URL: chats.url,
      CHANNEL_TRUSTED_ORIGINS: `${chats.url},${pushes.url}`,
      VAPID_PUBLIC_KEY: vapid.publicKey,
      VAPID_PRIVATE_KEY: vapid.privateKey,
      VAPID_SUBJECT: 'mailto:ops@wax.example',
    };
    http = await startHttpApp([AuthModule, NotificationsApiModule], env);
    worker = await startDeliveryWorker(env);
    db = worker.db;
  });
  afterAll(async () => {
    await http.close();
    await worker.close();
    await chats.stop();
    await pushes.stop();
    await issuer.stop();
  });
  beforeEach(async () => {
    chats.reset();
    pushes.reset();
    ({ id: user, token } = await newUser());
  });

  it.each(['push', 'ntfy', 'telegram', 'discord', 'slack', 'webhook'] as const)(
    'reaches people by %s, and strangers’ words stay words there',
    async (name) => {
      await add(name);
      const [id] = await insertNotifications(db, user, 1, { channels: [name], payload });

      await worker.deliver();

      const [row] = await notificationsOf(db, user);
      expect(row).toMatchObject({ id, status: 'sent', error_code: null });
      const sent = name === 'push' ? pushes.received.map(({ message }) => message) : chats.of(name);
      const text = JSON.stringify(sent.at(-1));
      expect(text).toContain('12.50 EUR');
      expect(text).toContain('https://www.discogs.com/sell/item/1');
      if (name === 'telegram') expect(text).toContain('Alpha &lt;b&gt;&amp; @everyone');
      if (name === 'discord') expect(text).toContain('\\\\@everyone');
      expect(await listed()).toEqual([expect.objectContaining({ channel: name, last_error_code: null })]);
    },
  );

  it.each(['push', 'ntfy', 'telegram', 'discord', 'slack', 'webhook'] as const)(
    'sends a test by %s and tells what came of it',
    async (name) => {
      await add(name);
      expect(await test(name)).toMatchObject({ ok: true, error: null });
      const sent = name === 'push' ? pushes.received.map(({ message }) => message) : chats.of(name);
      expect(JSON.stringify(sent)).toContain('WaxWatch alerts arrive here');
      // No program is to take it for a find.
      expect(JSON.stringify(sent)).not.toMatch(/Found|NEW_MATCH/);

      const inject = name === 'push' ? pushes : chats;
      inject.inject({ kind: 'status', status: 429, retryAfter: '7', body: 'slow down' });
      expect(await test(name)).toEqual({
        ok: false,
        provider_message_id: null,
        error: { code: 'rate_limited', detail: '429 slow down', retryable: true, retry_after_seconds: 7 },
      });
    },
  );

  it('tests the inbox by a notification of its own, and e-mail by a mail', async () => {
    expect(await test('realtime')).toMatchObject({ ok: true });
    await worker.deliver();
    expect(await notificationsOf(db, user)).toEqual([
      expect.objectContaining({ channel: 'realtime', status: 'sent' }),
    ]);
    expect(await test('email')).toMatchObject({ ok: true, provider_message_id: 'stub-local-delivery' });
    expect(await test('discord')).toMatchObject({ ok: false, error: { code: 'channel_disabled' } });
  });

  it('never tells a secret, and stores none in the clear', async () => {
    for (const name of ['push', 'ntfy', 'discord', 'slack', 'webhook'] as const) await add(name);
    const stored = JSON.stringify(await db.rows('SELECT * FROM user_channels'));
    const told = JSON.stringify(await listed());

    for (const secret of [TOKEN, 'my-topic', 'secretsecretsecret', WEBHOOK_SECRET, '/push/']) {
      expect(stored).not.toContain(secret);
      expect(told).not.toContain(secret);
    }
  });

  it('writes to a chat only when its owner has read the code there', async () => {
    const { body } = await call('POST', '', inputs().telegram);
    const { id } = body as { id: string };
    expect(body).toMatchObject({ is_enabled: false });
    expect((await call('PATCH', `/${id}`, { is_enabled: true })).status).toBe(409);
    expect((await call('POST', `/${id}/confirm`, { code: 'wrong!' })).status).toBe(400);

    expect((await call('POST', `/${id}/confirm`, { code: sentCode() })).body).toMatchObject({
      is_enabled: true,
    });
  });

  it('asks for a new code when a chat is given again', async () => {
    const { id } = await add('telegram');
    expect((await call('POST', '', inputs().telegram)).body).toMatchObject({ id, is_enabled: false });

    expect((await call('PATCH', `/${String(id)}`, { is_enabled: true })).status).toBe(409);
    expect((await call('POST', `/${String(id)}/confirm`, { code: sentCode() })).status).toBe(200);
  });

  it('looks at five guesses', async () => {
    const { id } = (await call('POST', '', inputs().telegram)).body as { id: string };
    for (let guess = 0; guess < 5; guess += 1) await call('POST', `/${id}/confirm`, { code: 'wrong!' });

    expect((await call('POST', `/${id}/confirm`, { code: sentCode() })).status).toBe(404);
  });

  it('keeps no chat that cannot be written to', async () => {
    const answer = await call('POST', '', { channel: 'telegram', chat_id: '404' });

    expect(answer).toMatchObject({
      status: 502,
      message: expect.stringContaining('chat not found') as string,
    });
    expect(await listed()).toEqual([]);
  });

  it.each([429, 500])(
    'leaves a chat as it was when Telegram does not take a new code (%d)',
    async (status) => {
      const { id } = await add('telegram');
      const [before] = await listed();
      chats.inject({ kind: 'status', status });

      expect((await call('POST', '', { ...inputs().telegram, label: 'new' })).status).toBe(502);

      expect(await listed()).toEqual([before]);
      expect(before).toMatchObject({ id, is_enabled: true, verified_at: expect.any(String) as string });
      expect(await test('telegram')).toMatchObject({ ok: true });
    },
  );

  it('takes the code of before when a second one did not arrive', async () => {
    const { id } = (await call('POST', '', inputs().telegram)).body as { id: string };
    chats.inject({ kind: 'status', status: 500 });
    await call('POST', '', inputs().telegram);

    expect((await call('POST', `/${id}/confirm`, { code: sentCode() })).status).toBe(200);
  });

  it.each([
    ['discord', 404],
    ['slack', 410],
    ['telegram', 403],
  ] as const)('stops using %s after %d and tells its owner once', async (name, status) => {
    await add(name);
    chats.inject({ kind: 'status', status, body: 'gone' });
    await insertNotifications(db, user, 1, { channels: [name], payload });
    await worker.deliver();

    expect(await listed()).toEqual([expect.objectContaining({ disabled_reason: 'target_gone' })]);
    const events = await db.rows(
      `SELECT type, payload FROM events WHERE user_id = $1 AND type = 'CHANNEL_DISABLED'`,
      [user],
    );
    expect(events).toEqual([
      { type: 'CHANNEL_DISABLED', payload: { channel: name, label: null, reason: 'target_gone' } },
    ]);
    const rows = await notificationsOf(db, user);
    expect(rows.find(({ channel }) => channel === name)).toMatchObject({
      status: 'failed',
      error_code: 'target_gone',
    });
    expect(rows.map(({ channel }) => channel)).toContain('realtime');
  });

  it.each([404, 410])('pushes to every browser, and forgets those that are gone (%d)', async (status) => {
    const [kept, gone] = [pushes.subscribe(), pushes.subscribe()];
    for (const subscription of [kept, gone]) await call('POST', '', { channel: 'push', subscription });
    pushes.inject({ kind: 'status', status, path: new URL(gone.endpoint).pathname });
    await insertNotifications(db, user, 1, { channels: ['push'], payload });

    await worker.deliver();

    expect(pushes.received).toHaveLength(1);
    expect((await notificationsOf(db, user))[0]).toMatchObject({ status: 'sent' });
    expect(await listed()).toHaveLength(1);
  });

  describe('when one of two browsers cannot be reached for the moment', () => {
    let [steady, flaky] = ['', ''];
    const idOf = (endpoint: string) => endpoint.split('/').at(-1) ?? '';
    const trouble = (status = 503) => {
      pushes.inject({ kind: 'status', status, path: `/push/${flaky}` });
    };
    const titlesAt = (browser: string) =>
      pushes.received
        .filter(({ subscription }) => subscription === browser)
        .map(({ message }) => (message as { title: string }).title);
    const rows = async () => await notificationsOf(db, user);
    const makeDue = async () =>
      await db.rows(`UPDATE notifications SET due_at = now() WHERE user_id = $1 AND status = 'pending'`, [
        user,
      ]);
    const insert = async (count = 1) =>
      await insertNotifications(db, user, count, { channels: ['push'], payload });

    beforeEach(async () => {
      const subscriptions = [pushes.subscribe(), pushes.subscribe()];
      for (const subscription of subscriptions) await call('POST', '', { channel: 'push', subscription });
      [steady = '', flaky = ''] = subscriptions.map(({ endpoint }) => idOf(endpoint));
    });

    it.each([429, 503])('(%d) it is tried again, and the other is not told twice', async (status) => {
      trouble(status);
      await insert();
      await worker.deliver();
      expect([titlesAt(steady), titlesAt(flaky)].map(({ length }) => length)).toEqual([1, 0]);
      expect((await rows())[0]).toMatchObject({ status: 'pending', failures: 1 });

      await makeDue();
      await worker.deliver();

      expect([titlesAt(steady), titlesAt(flaky)].map(({ length }) => length)).toEqual([1, 1]);
      expect((await rows())[0]).toMatchObject({ status: 'sent', error_code: null });
    });

    it('it is not tried before the time that its provider asks for', async () => {
      pushes.inject({ kind: 'status', status: 429, retryAfter: '900', path: `/push/${flaky}` });
      await insert();
      await worker.deliver();

      expect((await rows())[0]?.due_in_seconds).toBeGreaterThan(890);
    });

    it('and then is gone, the message counts as sent', async () => {
      trouble();
      await insert();
      await worker.deliver();
      pushes.unsubscribe(flaky);

      await makeDue();
      await worker.deliver();

      expect((await rows())[0]).toMatchObject({ status: 'sent', error_code: null });
      expect(titlesAt(steady)).toHaveLength(1);
    });

    it('nor for a day, the message counts as sent', async () => {
      trouble();
      await insert();
      await worker.deliver();
      await db.rows(`UPDATE notifications SET failing_since = now() - interval '2 days'`);

      trouble();
      await makeDue();
      await worker.deliver();

      expect((await rows())[0]).toMatchObject({ status: 'sent', error_code: null, failed_at: null });
    });

    it('and nobody wants such events any more, the message counts as sent', async () => {
      trouble();
      const [id] = await insert();
      await worker.deliver();
      await db.rows(
        `INSERT INTO user_notification_preferences (id, user_id, email_enabled, realtime_enabled, event_toggles)
         VALUES (gen_random_uuid(), $1, true, true, '{"NEW_MATCH": false}')`,
        [user],
      );

      await makeDue();
      await worker.deliver();

      expect((await rows()).find((row) => row.id === id)).toMatchObject({ status: 'sent', error_code: null });
    });

    it('it gets the whole of a digest later, and the other only what is new, an hour after the first', async () => {
      await db.rows(
        `INSERT INTO user_notification_preferences (id, user_id, email_enabled, realtime_enabled, delivery_frequency)
         VALUES (gen_random_uuid(), $1, true, true, 'hourly')`,
        [user],
      );
      trouble();
      await insert(2);
      await worker.deliver();
      await insert();
      await makeDue();
      await worker.deliver();
      expect(titlesAt(steady)).toEqual(['2 alerts from WaxWatch']);
      expect(titlesAt(flaky)).toEqual([]);

      await db.rows(`UPDATE send_turns SET last_sent_at = now() - interval '61 minutes' WHERE user_id = $1`, [
        user,
      ]);
      await makeDue();
      await worker.deliver();

      expect(titlesAt(flaky)).toEqual(['3 alerts from WaxWatch']);
      expect(titlesAt(steady)).toEqual(['2 alerts from WaxWatch', expect.stringContaining('Found: Alpha')]);
      expect(new Set((await rows()).map(({ status }) => status))).toEqual(new Set(['sent']));
      const topics = pushes.received.filter(({ subscription }) => subscription === steady);
      // A waiting message of the same topic would be replaced.
      expect(new Set(topics.map(({ topic }) => topic)).size).toBe(2);
    });
  });

  it('has one of each kind, ten browsers, and knows a browser again', async () => {
    await add('ntfy');
    expect((await call('POST', '', inputs().ntfy)).status).toBe(201);
    expect((await call('POST', '', { channel: 'ntfy', topic: 'another' })).status).toBe(409);
    for (let device = 0; device < 10; device += 1) await add('push');
    expect((await call('POST', '', inputs().push)).status).toBe(409);
  });

  it('is changed and deleted by its owner only', async () => {
    const { id } = await add('ntfy');
    const stranger = (await newUser()).token;
    for (const [method, path, body] of [
      ['GET', `/${String(id)}`],
      ['PATCH', `/${String(id)}`, { is_enabled: false }],
      ['DELETE', `/${String(id)}`],
      ['POST', `/${String(id)}/confirm`, { code: '123456' }],
    ] as const) {
      expect((await call(method, path, body, stranger)).status).toBe(404);
    }

    expect((await call('PATCH', `/${String(id)}`, { label: 'Phone', is_enabled: false })).body).toMatchObject(
      {
        label: 'Phone',
        is_enabled: false,
      },
    );
    expect((await call('DELETE', `/${String(id)}`)).status).toBe(204);
    expect(await listed()).toEqual([]);
  });

  it.each([
    'http://hooks.example/x',
    'https://127.0.0.1/x',
    'https://10.0.0.8/x',
    'https://169.254.169.254/latest/meta-data',
    'https://[::1]/x',
    'https://[::ffff:10.0.0.1]/x',
    'https://[64:ff9b::a00:1]/x',
    'https://0x7f000001/x',
    'https://2130706433/x',
    'https://localhost/x',
    'https://metadata/x',
    'https://user:pass@hooks.example/x',
  ])('takes no webhook at %s', async (url) => {
    const answer = await call('POST', '', { channel: 'webhook', url, secret: WEBHOOK_SECRET });

    expect(answer.status).toBe(422);
    expect(await listed()).toEqual([]);
  });

  it('takes the status for the answer, however long the text behind it is', async () => {
    await add('webhook');
    chats.inject({ kind: 'status', status: 200, body: 'x'.repeat(100_000) });
    await insertNotifications(db, user, 1, { channels: ['webhook'], payload });

    await worker.deliver();

    expect((await notificationsOf(db, user))[0]).toMatchObject({ status: 'sent' });
  });

  it.each([408, 425])('tries again after %d, which means later', async (status) => {
    await add('webhook');
    chats.inject({ kind: 'status', status });
    await insertNotifications(db, user, 1, { channels: ['webhook'], payload });

    await worker.deliver();

    expect((await notificationsOf(db, user))[0]).toMatchObject({ status: 'pending', failures: 1 });
  });

  it('does not send again what was taken when nobody can note that the channel works', async () => {
    await add('webhook');
    await db.rows('ALTER TABLE user_channels ADD CONSTRAINT no_notes CHECK (verified_at IS NULL) NOT VALID');
    await insertNotifications(db, user, 1, { channels: ['webhook'], payload });
    try {
      await worker.deliver();
    } finally {
      await db.rows('ALTER TABLE user_channels DROP CONSTRAINT no_notes');
    }

    expect((await notificationsOf(db, user))[0]).toMatchObject({ status: 'sent' });
  });

  it.each([
    [{ channel: 'webhook', path: '/hooks/path-of-the-hook?key=key-of-the-hook', secret: WEBHOOK_SECRET }],
    [{ channel: 'ntfy', path: undefined, topic: 'my-topic', access_token: 'tk_unknown1234' }],
  ])('tells no part of a secret that an answer of %j repeats', async ({ path, ...input }) => {
    await call('POST', '', path === undefined ? input : { ...input, url: `${chats.url}${path}` });
    const body = `Cannot POST /hooks/path-of-the-hook: key-of-the-hook tk_unknown1234 is unknown`;
    chats.inject({ kind: 'status', status: 404, body });

    const { error } = (await test(input.channel)) as { error: { detail: string } };

    expect(error.detail).toMatch(/^404 Cannot POST .* is unknown$/);
    if (path === undefined) expect(error.detail).not.toContain('tk_unknown1234');
    else expect(error.detail).not.toMatch(/path-of-the-hook|key-of-the-hook/);
  });

  it('follows no redirect', async () => {
    await add('webhook');
    chats.inject({ kind: 'redirect', location: 'http://169.254.169.254/' });

    expect(await test('webhook')).toMatchObject({ ok: false, error: { code: 'redirect_refused' } });
  });

  it.each([
    {
      channel: 'discord',
      webhook_url: 'https://discord.com.evil.example/api/webhooks/123456789/aaaaaaaaaaaaaaaaaaaaaaaa',
    },
    { channel: 'slack', webhook_url: 'https://hooks.slack.com/services/../../x' },
    { channel: 'ntfy', topic: 'a/b' },
    { channel: 'webhook', url: 'https://hooks.example/x', secret: 'short' },
    { channel: 'email' },
    {
      channel: 'push',
      subscription: { endpoint: 'https://push.example/x', keys: { p256dh: 'AA', auth: 'AA' } },
    },
  ])('refuses %j', async (input) => {
    expect((await call('POST', '', input)).status).toBe(422);
  });

  it('says what this server can reach people through', async () => {
    expect((await call('GET', '/options')).body).toMatchObject({
      channels: ['email', 'realtime', 'push', 'ntfy', 'telegram', 'discord', 'slack', 'webhook'],
      vapid_public_key: expect.stringMatching(/^[\w-]{87}$/) as string,
    });
  });
});
