import fc from 'fast-check';
import type { AlertItem, OutboundMessage } from '../channels/channel-sender';
import { readAlert } from './alert';
import {
  discordMessage,
  ntfyMessage,
  pushMessage,
  slackMessage,
  telegramText,
  webhookBody,
} from './chat-messages';

const context = {
  baseUrl: 'https://wax.example',
  now: new Date('2026-01-20T12:00:00Z'),
  // About as long as sealed links are.
  buyUrlOf: () => `https://wax.example/api/buy/${'b'.repeat(190)}`,
  muteUrlOf: () => `https://wax.example/api/mute/${'m'.repeat(240)}`,
  muteSellerUrlOf: () => `https://wax.example/api/mute/${'s'.repeat(200)}`,
};
const itemOf = (words: string[]): AlertItem => ({
  notificationId: 'n',
  eventId: 'e',
  eventType: 'NEW_MATCH',
  occurredAt: '2026-01-20T11:59:00Z',
  ruleId: null,
  watchReleaseId: null,
  listingId: null,
  stillValid: null,
  payload: {
    listing_title: words[0],
    seller: words[1],
    location: words[2],
    rule_name: words[3],
    price: 1,
    currency: 'EUR',
    url: '/api/outbound/ebay/1',
  },
});
const messageOf = (items: AlertItem[]): OutboundMessage => ({
  id: 'm',
  user: { id: 'u', email: 'a@b.example', timezone: 'UTC' },
  kind: 'daily',
  items,
});

const word = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.string({ unit: fc.constantFrom('&', '<', '"', '👨‍👩‍👧‍👦', 'e\u0301', '*', '@', '`'), maxLength: 400 }),
  fc.constantFrom(
    '<b>x</b>',
    '<!channel>',
    '@everyone',
    '[x](https://evil.example)',
    '<https://evil.example|x>',
    '</a>',
  ),
);
const digests = fc
  .array(fc.array(word, { minLength: 4, maxLength: 4 }), { minLength: 1, maxLength: 60 })
  .map((rows) => rows.map(itemOf));
const alertsOf = (items: AlertItem[]) => items.map((item) => readAlert(item, context));

/** https://api.slack.com/reference/block-kit/blocks */
function expectSlackLimits(message: Record<string, unknown>): void {
  interface Text {
    text: string;
  }
  const blocks = message['blocks'] as {
    type: string;
    text?: Text;
    fields?: Text[];
    elements?: { text: Text | string; url?: string }[];
  }[];
  expect(blocks.length).toBeLessThanOrEqual(50);
  for (const { type, text, fields = [], elements = [] } of blocks) {
    if (type === 'header') expect(text?.text.length).toBeLessThanOrEqual(150);
    if (type === 'section') expect(fields.length).toBeLessThanOrEqual(10);
    for (const field of fields) expect(field.text.length).toBeLessThanOrEqual(2_000);
    for (const { url = '' } of elements) expect(url.length).toBeLessThanOrEqual(3_000);
  }
}

describe('messages to chats', () => {
  it('keep the limits of every channel, whatever strangers wrote', () => {
    fc.assert(
      fc.property(digests, (items) => {
        const alerts = alertsOf(items);
        const telegram = telegramText(alerts);
        expect(telegram).toContain('<b>');
        expect(telegram.length).toBeLessThanOrEqual(4096);
        expect(Buffer.byteLength(pushMessage('m', alerts))).toBeLessThanOrEqual(3993);
        expect(Buffer.byteLength(String(ntfyMessage(alerts)['message']))).toBeLessThanOrEqual(4096);
        const { embeds } = discordMessage(alerts) as {
          embeds: { title: string; description: string; fields: { name: string; value: string }[] }[];
        };
        expect(embeds.length).toBeGreaterThan(0);
        for (const { title, fields } of embeds) {
          expect(title.length).toBeLessThanOrEqual(256);
          for (const { value } of fields) expect(value.length).toBeLessThanOrEqual(1024);
        }
        const texts = embeds.flatMap(({ title, description, fields }) => [
          title,
          description,
          ...fields.flatMap(({ name, value }) => [name, value]),
        ]);
        expect(texts.join('').length).toBeLessThanOrEqual(6_000);
        expectSlackLimits(slackMessage(alerts));
        expect(JSON.parse(webhookBody(messageOf(items), alerts))).toMatchObject({ id: 'm' });
      }),
      { numRuns: 60 },
    );
  });

  it('say the whole reason and pressing of an alert on its own', () => {
    const item = itemOf(['Frizzle Fry', 'shop', 'US', 'Everything by Primus that is on vinyl']);
    const pressing = '1990, US, Caroline Records, CAROL 1619, Vinyl, LP, Album, Discogs release 2028757';
    const payload = {
      ...(item.payload as object),
      pressing: '1990, US, Caroline Records, CAROL 1619, Vinyl, LP, Album',
      discogs_release_id: 2028757,
      condition: 'VG+',
      sleeve_condition: 'VG',
      matched: { keywords: ['primus'], price_limit: 25, currency: 'EUR', min_condition: 'VG+' },
    };
    const alerts = alertsOf([{ ...item, payload }]);
    const why =
      'it fits your alert “Everything by Primus that is on vinyl” (words primus; at most 25.00 EUR; VG+ or better)';

    for (const text of [pressing, why, 'VG+, sleeve VG']) {
      expect(telegramText(alerts)).toContain(text);
      expect(JSON.stringify(slackMessage(alerts))).toContain(text);
      expect(String(ntfyMessage(alerts)['message'])).toContain(text);
      expect(JSON.stringify(discordMessage(alerts)).replaceAll('\\\\', '')).toContain(text);
    }
  });

  it('say price, grade and seller in a push, however much there is to say of the pressing', () => {
    const item = itemOf(['Frizzle Fry', 'groovebox', 'US', 'Primus']);
    const words = 'Reissue, remastered, gatefold, '.repeat(9);
    const payload = {
      ...(item.payload as object),
      condition: 'VG+',
      sleeve_condition: 'VG',
      pressing: words,
      mapped_release: { discogs_release_id: 7, pressing: words },
    };
    const { body } = JSON.parse(pushMessage('m', alertsOf([{ ...item, payload }]))) as { body: string };

    for (const fact of ['Price: 1.00 EUR', 'Pressing: Reissue', 'Grade: VG+, sleeve VG', 'Seller: groovebox'])
      expect(body).toContain(fact);
    const webhook = webhookBody(messageOf([{ ...item, payload }]), alertsOf([{ ...item, payload }]));
    expect(webhook).toContain('"grade":"VG+, sleeve VG"');
    expect(webhook).toContain('by its title Discogs release 7');
  });

  it('have no link that is longer than any channel takes', () => {
    const item = itemOf(['Frizzle Fry', '', '', '']);
    const payload = { ...(item.payload as object), url: `https://shop.example/${'ü'.repeat(1_900)}` };
    const alerts = [readAlert({ ...item, payload }, { ...context, buyUrlOf: () => null })];

    expect(alerts.map(({ url }) => url?.length ?? 0)).toEqual([0]);
    expectSlackLimits(slackMessage(alerts));
  });

  it('have no markup but ours in Telegram', () => {
    fc.assert(
      fc.property(digests, (items) => {
        const html = telegramText(alertsOf(items));
        const others = html.replaceAll(/<\/?b>|<\/?i>|<a href="https:\/\/wax\.example\/[\w/-]+">|<\/a>/g, '');
        expect(others).not.toMatch(/[<>"]/);
        expect(others).not.toMatch(/&(?!(amp|lt|gt|quot);)/);
      }),
      { numRuns: 60 },
    );
  });

  it('mention nobody and link nowhere in Discord', () => {
    fc.assert(
      fc.property(digests, (items) => {
        const { embeds, allowed_mentions } = discordMessage(alertsOf(items)) as {
          embeds: { title: string; fields: { value: string }[] }[];
          allowed_mentions: unknown;
        };
        expect(allowed_mentions).toEqual({ parse: [] });
        for (const text of embeds.flatMap(({ title, fields }) => [
          title,
          ...fields.map(({ value }) => value),
        ])) {
          // Every sign that means something has its own backslash.
          expect(text.replaceAll(/\\[\s\S]/g, '')).not.toMatch(/[*_~`|>#[\]()<@:]/);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('are plain text in Slack, where only the fallback is read as markup', () => {
    fc.assert(
      fc.property(digests, (items) => {
        const message = slackMessage(alertsOf(items));
        expect(String(message['text'])).not.toMatch(/[<>]|&(?!(amp|lt|gt);)/);
        expect(JSON.stringify(message['blocks'])).not.toContain('"type":"mrkdwn"');
      }),
      { numRuns: 60 },
    );
  });

  it('cut between what people see as characters', () => {
    const family = '👨‍👩‍👧‍👦';
    const { message } = ntfyMessage(
      alertsOf(Array.from({ length: 60 }, () => itemOf([family.repeat(20), '', '', '']))),
    ) as {
      message: string;
    };
    const whole = message.replaceAll(family, '');
    expect(whole).not.toMatch(/\u200d|[\u{1F466}-\u{1F469}]/u);
  });
});
