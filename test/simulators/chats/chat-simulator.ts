import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Controls } from '../control';
import { HttpSimulator, type Reply, type SimulatedRequest } from '../http-simulator';

export const BOT_TOKEN = '123456:bot-token-of-the-simulator';
export const WEBHOOK_SECRET = `whsec_${Buffer.from('a secret of the webhook!'.repeat(2)).toString('base64')}`;

const ntfyIn = z.object({
  topic: z.string().regex(/^[-_A-Za-z0-9]{1,64}$/),
  title: z.string().optional(),
  message: z.string().refine((text) => Buffer.byteLength(text) <= 4096),
  priority: z.number().int().min(1).max(5).optional(),
  click: z.url().optional(),
  actions: z
    .array(z.object({ action: z.literal('view'), label: z.string(), url: z.url() }))
    .max(3)
    .optional(),
});
const telegramIn = z.object({
  chat_id: z.string(),
  text: z.string().min(1).max(4096),
  parse_mode: z.literal('HTML'),
});
const embed = z.object({
  title: z.string().max(256),
  description: z.string().max(4096).optional(),
  url: z.url().optional(),
  fields: z.array(z.object({ name: z.string().min(1).max(256), value: z.string().min(1).max(1024) })).max(25),
  footer: z.object({ text: z.string().max(2048) }).optional(),
});
const discordIn = z.object({
  content: z.string().max(2000),
  embeds: z
    .array(embed)
    .min(1)
    .max(10)
    .refine((embeds) => JSON.stringify(embeds).length <= 12_000),
  allowed_mentions: z.object({ parse: z.array(z.string()).max(0) }),
});
const slackIn = z.object({
  text: z.string().min(1),
  blocks: z.array(z.looseObject({ type: z.enum(['header', 'section', 'actions', 'context']) })).max(50),
});

/** Telegram reads no other tags, and refuses a message with any. */
const hasOddTags = (html: string): boolean =>
  /<(?!\/?(b|i|a)(\s|>))/.test(html) || /&(?!(amp|lt|gt|quot);)/.test(html);

/** ntfy, the bot API of Telegram, webhooks of Discord and Slack, and somebody's own webhook, on one port by their paths. */
export class ChatSimulator extends HttpSimulator {
  /** Bodies that were taken, by service. */
  readonly taken: { service: string; body: unknown }[] = [];

  of(service: string): unknown[] {
    return this.taken.filter((one) => one.service === service).map(({ body }) => body);
  }

  protected override answer(request: SimulatedRequest): Reply {
    const { path } = request;
    if (path === '/') return this.ntfy(request);
    if (path.startsWith('/bot')) return this.telegram(request);
    if (path.startsWith('/api/webhooks/')) return this.discord(request);
    if (path.startsWith('/services/')) return this.slack(request);
    if (path === '/hook') return this.webhook(request);
    return { status: 404, body: 'not found' };
  }

  protected override decorate(reply: Reply): Reply {
    return reply;
  }

  protected override spoil(_kind: string, reply: Reply): Reply {
    return reply;
  }

  protected override clearData(): void {
    this.taken.length = 0;
  }

  protected override controls(): Controls {
    return { 'GET taken': () => this.taken };
  }

  private ntfy({ body, headers }: SimulatedRequest): Reply {
    const parsed = ntfyIn.safeParse(JSON.parse(body));
    if (!parsed.success)
      return { status: 400, body: { code: 40024, http: 400, error: 'invalid request: JSON' } };
    if (parsed.data.topic === 'private' && headers['authorization'] !== 'Bearer tk_known') {
      return { status: 403, body: { code: 40301, http: 403, error: 'forbidden' } };
    }
    return this.take('ntfy', parsed.data, { id: 'nTfY12345678', event: 'message', topic: parsed.data.topic });
  }

  private telegram({ path, body }: SimulatedRequest): Reply {
    const fail = (code: number, description: string): Reply => ({
      status: code,
      body: { ok: false, error_code: code, description },
    });
    if (path !== `/bot${BOT_TOKEN}/sendMessage`) return fail(401, 'Unauthorized');
    const parsed = telegramIn.safeParse(JSON.parse(body));
    if (!parsed.success) return fail(400, 'Bad Request: message is too long');
    if (parsed.data.chat_id === '404') return fail(400, 'Bad Request: chat not found');
    if (parsed.data.chat_id === '403') return fail(403, 'Forbidden: bot was blocked by the user');
    if (hasOddTags(parsed.data.text)) return fail(400, "Bad Request: can't parse entities");
    return this.take('telegram', parsed.data, { ok: true, result: { message_id: this.taken.length + 1 } });
  }

  private discord({ body, query }: SimulatedRequest): Reply {
    if (query.get('wait') !== 'true') return { status: 204, body: '' };
    const parsed = discordIn.safeParse(JSON.parse(body));
    if (!parsed.success) {
      return {
        status: 400,
        body: { code: 50035, message: 'Invalid Form Body', errors: z.treeifyError(parsed.error) },
      };
    }
    return this.take('discord', parsed.data, { id: '1234567890123456789', type: 0 });
  }

  private slack({ body }: SimulatedRequest): Reply {
    const parsed = slackIn.safeParse(JSON.parse(body));
    if (!parsed.success) return { status: 400, body: 'invalid_blocks', contentType: 'text/html' };
    return this.take('slack', parsed.data, 'ok');
  }

  /** Verifies as https://www.standardwebhooks.com says. */
  private webhook({ body, headers }: SimulatedRequest): Reply {
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    const key = Buffer.from(WEBHOOK_SECRET.slice('whsec_'.length), 'base64');
    const expected = createHmac('sha256', key).update(signed).digest();
    const given = Buffer.from((headers['webhook-signature'] ?? '').replace(/^v1,/, ''), 'base64');
    const isSigned = given.length === expected.length && timingSafeEqual(given, expected);
    const isFresh = Math.abs(Number(headers['webhook-timestamp']) - this.clock.nowMs() / 1000) < 300;
    return isSigned && isFresh
      ? this.take('webhook', JSON.parse(body), '')
      : { status: 401, body: 'bad signature' };
  }

  private take(service: string, body: unknown, answer: unknown): Reply {
    this.taken.push({ service, body });
    return { status: 200, body: answer };
  }
}
