import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import type { AlertItem } from '../channels/channel-sender';
import { readAlert } from '../content/alert';
import { composeMail } from './compose-mail';

const SAMPLES = resolve(__dirname, '../../../../docs/samples');
const NOW = new Date('2026-01-20T12:00:00Z');
const context = {
  baseUrl: 'https://wax.example',
  now: NOW,
  buyUrlOf: () => 'https://wax.example/api/buy/sealed',
  muteUrlOf: () => 'https://wax.example/api/mute/sealed',
  muteSellerUrlOf: () => 'https://wax.example/api/mute/sealed-seller',
};

const drop: AlertItem = {
  notificationId: '4c8d9157-4a8c-4ea8-9d27-3ad2fc1e8f95',
  eventId: 'f2eec3e4-1f39-4a9f-9f39-2359f3983be0',
  eventType: 'LISTING_PRICE_DROP',
  occurredAt: '2026-01-20T11:59:00Z',
  ruleId: '80dc6333-3c3c-49b8-a803-938783fbeb99',
  watchReleaseId: null,
  listingId: '6608868d-f10f-4a5e-a38a-2e9fa5063f85',
  stillValid: true,
  payload: {
    listing_title: 'Primus – Frizzle Fry (LP, Album, RE)',
    price: 24.5,
    old_price: 31,
    currency: 'EUR',
    shipping_price: 6,
    condition: 'VG+',
    sleeve_condition: 'VG',
    seller: 'Röcordsch & Co.',
    location: 'Germany',
    listed_at: '2026-01-18T10:00:00Z',
    pressing: '1990, US, Caroline Records, CAROL 1619, Vinyl, LP, Album',
    discogs_release_id: 2028757,
    provider: 'discogs',
    provider_notice: 'Data provided by Discogs.',
    url: 'https://www.discogs.com/sell/item/172723812',
    rule_name: 'Primus on vinyl',
    matched: { keywords: ['primus'], price_limit: 25, currency: 'EUR', min_condition: 'VG+' },
  },
};
const found: AlertItem = {
  ...drop,
  eventType: 'NEW_MATCH',
  payload: {
    listing_title: 'PRIMUS "Sailing the Seas of Cheese" <sealed>',
    price: 40,
    currency: 'USD',
    shipping_price: null,
    condition: 'NM',
    sleeve_condition: 'VG+',
    pressing: '1991, US, Interscope, 7 91659-1, Vinyl, 12"',
    mapped_release: {
      discogs_release_id: 369406,
      pressing: '1991, US, Interscope Records, 7 91659-1, Vinyl, LP, Album',
    },
    seller: 'groovebox',
    location: 'US',
    listed_at: '2026-01-20T11:15:00Z',
    provider: 'ebay',
    provider_notice: 'Data provided by eBay; price and availability may have changed since.',
    url: '/api/outbound/ebay/6608868d-f10f-4a5e-a38a-2e9fa5063f85',
    watch_release_title: 'Sailing the Seas of Cheese',
    watch_release_artist: 'Primus',
    watch_release_year: 1991,
    watch_match_mode: 'exact_release',
    matched: { discogs_release_id: 369406 },
  },
};
const ended: AlertItem = { ...found, stillValid: false };
const unsubscribeUrl = 'https://wax.example/api/unsubscribe/sealed';
const compose = (items: AlertItem[], kind: 'instant' | 'hourly' | 'daily' = 'instant') =>
  composeMail(
    items.map((item) => readAlert(item, context)),
    { kind, unsubscribeUrl },
  );

describe('mails', () => {
  const samples = {
    'price-drop': compose([drop]),
    'new-match': compose([found]),
    'daily-digest': compose([ended, drop, found], 'daily'),
  };

  it.each(Object.entries(samples))('look as in docs/samples: %s', (name, { subject, text, html }) => {
    const files = { [`${name}.txt`]: `Subject: ${subject}\n\n${text}`, [`${name}.html`]: html };
    for (const [file, content] of Object.entries(files)) {
      // `UPDATE_SAMPLES=1` writes them anew.
      if (process.env.UPDATE_SAMPLES === '1') writeFileSync(join(SAMPLES, file), content);
      expect(readFileSync(join(SAMPLES, file), 'utf8')).toBe(content);
    }
  });

  it('say everything that one needs to decide', () => {
    const { subject, text } = compose([drop]);

    expect(subject).toBe('Price drop: Primus – Frizzle Fry (LP, Album, RE), 24.50 EUR');
    for (const fact of [
      'Price: 31.00 EUR → 24.50 EUR',
      'Shipping: 6.00 EUR',
      'Pressing: 1990, US, Caroline Records, CAROL 1619, Vinyl, LP, Album, Discogs release 2028757',
      'Grade: VG+, sleeve VG',
      'Seller: Röcordsch & Co.',
      'From: Germany',
      'Listed: 2 days ago',
      'Why: it fits your alert “Primus on vinyl” (words primus; at most 25.00 EUR; VG+ or better)',
      'Buy on Discogs: https://wax.example/api/buy/sealed',
      'Data provided by Discogs.',
      'Mute this: https://wax.example/api/mute/sealed\n',
      'Mute this seller: https://wax.example/api/mute/sealed-seller\n',
      `Unsubscribe from e-mails: ${unsubscribeUrl}`,
      '‘Discogs’ is a trademark',
    ]) {
      expect(text).toContain(fact);
    }
  });

  it('say of a copy that was listed less than a minute ago that it just was', () => {
    const listed_at = '2026-01-20T11:59:30Z';
    expect(compose([{ ...drop, payload: { ...(drop.payload as object), listed_at } }]).text).toContain(
      'Listed: just now',
    );
  });

  it.each([
    ['has just been seen', {}, { occurredAt: '2026-01-20T11:30:00Z' }, undefined],
    ['waited for its window', {}, { occurredAt: '2026-01-20T05:00:00Z' }, '7 hours ago'],
    ['was known before anybody wanted it', { seen_at: '2026-01-18T11:00:00Z' }, {}, '2 days ago'],
    ['is about no copy', { price: undefined }, { occurredAt: '2026-01-20T05:00:00Z' }, undefined],
  ])('say how old a price is that %s', (_what, payload, item, age) => {
    const { facts } = readAlert(
      { ...found, ...item, payload: { ...(found.payload as Record<string, unknown>), ...payload } },
      { ...context, now: new Date('2026-01-20T12:00:00Z') },
    );
    expect(facts.find(({ label }) => label === 'Seen')?.value).toBe(age);
  });

  it('name the watched release, and of its pressing what is known', () => {
    const watched = found.payload as Record<string, unknown>;
    const factsOf = (over: Record<string, unknown>) => {
      const { facts } = readAlert({ ...found, payload: { ...watched, ...over } }, context);
      return Object.fromEntries(facts.map(({ label, value }) => [label, value]));
    };

    expect(factsOf({})).toMatchObject({
      Grade: 'NM, sleeve VG+',
      Pressing:
        '1991, US, Interscope, 7 91659-1, Vinyl, 12"; by its title Discogs release 369406 (1991, US, Interscope Records, 7 91659-1, Vinyl, LP, Album)',
    });
    const unsaid = { pressing: null, mapped_release: undefined };
    expect(factsOf(unsaid)).toMatchObject({
      Pressing: 'by its title Discogs release 369406 (1991)',
      Why: 'you watch “Primus – Sailing the Seas of Cheese (1991)”',
    });
    expect(factsOf({ ...unsaid, discogs_release_id: 369406 })).toMatchObject({
      Pressing: '1991, Discogs release 369406',
    });
    expect(
      factsOf({
        ...unsaid,
        watch_match_mode: 'master_release',
        discogs_master_id: 5,
        matched: { discogs_master_id: 5 },
      }),
    ).toMatchObject({
      Pressing: 'some pressing of Discogs master 5',
      Why: 'you watch “Primus – Sailing the Seas of Cheese”, any pressing',
    });
    expect(
      factsOf({ ...unsaid, watch_match_mode: 'master_release', matched: { discogs_master_id: 5 } }),
    ).toMatchObject({ Pressing: 'by its title some pressing of Discogs master 5' });
    // Told of by a rule: the title was found to name a release that somebody watches.
    const mapped = { discogs_release_id: 7, pressing: '1999, UK' };
    expect(factsOf({ ...unsaid, matched: {}, mapped_release: mapped })).toMatchObject({
      Pressing: 'by its title Discogs release 7 (1999, UK)',
    });
    const old = {
      ...unsaid,
      watch_release_artist: undefined,
      watch_release_year: undefined,
      matched: undefined,
    };
    expect(factsOf({ ...old, watch_match_mode: undefined })).not.toHaveProperty('Pressing');
  });

  it.each([
    ['hard_bounce', 'e-mails to your address came back'],
    ['complaint', 'your mailbox reported our e-mails as unwanted'],
    ['target_gone', 'nobody is there any more'],
    ['something_new', 'something_new'],
  ])('say in words that a channel was switched off for %s', (reason, words) => {
    const payload = { channel: 'email', label: null, reason };
    const { subject, text } = compose([{ ...drop, eventType: 'CHANNEL_DISABLED', payload }]);

    expect(subject).toBe('A notification channel was switched off: email');
    expect(text).toContain(`Details: ${words}`);
  });

  it('lead through our own redirect where clicks are counted, and nowhere without an address of ours', () => {
    expect(compose([found]).text).toContain('Buy on eBay: https://wax.example/api/buy/sealed');
    const unsealed = { ...context, buyUrlOf: () => null };
    expect(readAlert(found, unsealed).url).toContain('https://wax.example/api/outbound/ebay/6608868d');
    expect(readAlert(found, { ...unsealed, baseUrl: undefined }).url).toBeNull();
    expect(readAlert(drop, { ...unsealed, baseUrl: undefined }).url).toContain('https://www.discogs.com/');
  });

  it('put offers that still hold first in a digest, and mark those that are gone', () => {
    const { subject, text, html } = samples['daily-digest'];

    expect(subject).toMatch(/^Daily digest: Price drop: .* and 2 more$/);
    expect(text.indexOf('(no longer for sale)')).toBeGreaterThan(text.indexOf('Frizzle Fry'));
    expect(text).toContain('3 alerts of the day, 1 no longer for sale.');
    expect(html.match(/no longer for sale<\/strong>/g)).toHaveLength(1);
  });

  it('stay below what Gmail shows, however much there is to tell', () => {
    const long = { ...drop, payload: { ...(drop.payload as object), listing_title: '&'.repeat(3000) } };
    const { html, text } = compose(
      Array.from({ length: 200 }, () => long),
      'hourly',
    );

    expect(Buffer.byteLength(html)).toBeLessThan(102_000);
    expect(text).toContain('more in your inbox');
  });

  it('let no stranger write HTML or headers', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '<script>alert(1)</script>',
        '"><img src=x onerror=y>',
        'a\r\nBcc: b@c.d',
        '{{#each x}}',
        '\u2028',
      ),
    );
    fc.assert(
      fc.property(hostile, hostile, hostile, (title, seller, name) => {
        const payload = { ...(drop.payload as object), listing_title: `${title}x`, seller, rule_name: name };
        const { subject, html } = compose([{ ...drop, payload }]);

        expect(subject).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
        // The same markup as with harmless words: whatever was put in is text.
        expect(tagsOf(html)).toEqual(tagsOf(compose([drop]).html));
      }),
    );
  });

  it.each([null, undefined, 'text', [], { price: {}, listing_title: 7, matched: 'x' }])(
    'cope with the payload %p',
    (payload) => {
      expect(compose([{ ...drop, eventType: 'NEW_MATCH', payload }]).subject).toBe(
        'Found: Your WaxWatch alerts',
      );
    },
  );

  it.each(['javascript:alert(1)', 'ftp://x', 'nonsense', '//evil.example\\@x'])(
    'lead nowhere with %p',
    (url) => {
      const alert = readAlert(
        { ...drop, payload: { url } },
        { ...context, buyUrlOf: () => null, baseUrl: undefined },
      );
      expect(alert.url).toBeNull();
    },
  );
});

/** Names of tags in order; fact rows and attributes with texts aside. */
function tagsOf(html: string): string[] {
  const tags = (html.match(/<\/?[a-z][a-z0-9]*/gi) ?? []).map((tag) => tag.toLowerCase());
  return [...new Set(tags)].sort();
}
