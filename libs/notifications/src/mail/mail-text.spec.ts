import { composeMail } from './mail-text';

const payload = {
  rule_name: 'Cheap Alpha',
  listing_title: 'Alpha - Beta (LP, Album)',
  price: 12.5,
  currency: 'EUR',
  provider: 'discogs',
  url: 'https://www.discogs.com/sell/item/1',
};
const compose = (matter: Parameters<typeof composeMail>[0], baseUrl?: string) =>
  composeMail(matter, { baseUrl });

describe('mail text', () => {
  it('says which record, how much, where, why, and leads there', () => {
    expect(compose({ eventType: 'NEW_MATCH', payload })).toEqual({
      subject: 'Found: Alpha - Beta (LP, Album), 12.50 EUR',
      text: [
        'Alpha - Beta (LP, Album)',
        '12.50 EUR, on Discogs',
        'It fits your alert "Cheap Alpha".',
        '',
        'https://www.discogs.com/sell/item/1',
        '',
        '--',
        'WaxWatch. You can change what you are notified of in your settings.',
        '',
      ].join('\n'),
    });
  });

  it('names the price before a drop', () => {
    const { text } = compose({
      eventType: 'LISTING_PRICE_DROP',
      payload: { ...payload, old_price: '20.00' },
    });

    expect(text).toContain('12.50 EUR, was 20.00 EUR, on Discogs');
  });

  it('names the watched release', () => {
    const { text } = compose({
      eventType: 'NEW_MATCH',
      payload: { listing_title: 'Beta', watch_release_title: 'Alpha - Beta', match_type: 'watch_release' },
    });

    expect(text).toContain('You watch "Alpha - Beta".');
  });

  it('leads to relative links only where it knows the site', () => {
    const tracked = { ...payload, url: '/api/outbound/ebay/1' };

    expect(compose({ eventType: 'NEW_MATCH', payload: tracked }, 'https://wax.example').text).toContain(
      '\nhttps://wax.example/api/outbound/ebay/1\n',
    );
    expect(compose({ eventType: 'NEW_MATCH', payload: tracked }).text).not.toContain('outbound');
  });

  it.each(['javascript:alert(1)', 'ftp://x', 'nonsense'])('leads nowhere with %p', (url) => {
    expect(compose({ eventType: 'NEW_MATCH', payload: { ...payload, url } }).text).not.toContain(url);
  });

  it('keeps a stranger’s line breaks out of the subject, and the subject short', () => {
    const title = `Alpha\r\nBcc: everyone@example.com\u2028${'x'.repeat(300)}`;

    const { subject, text } = compose({
      eventType: 'NEW_MATCH',
      payload: { ...payload, listing_title: title },
    });

    expect(subject).not.toMatch(/[\r\n\u2028]/);
    expect(subject.length).toBeLessThanOrEqual(150);
    expect(text.split('\n')[0]).toContain('Alpha Bcc: everyone@example.com');
  });

  it('reports imports', () => {
    const counts = { source: 'collection', processed_count: 10, imported_count: 7 };

    expect(compose({ eventType: 'IMPORT_COMPLETED', payload: counts }).text).toContain(
      'Your Discogs import is complete (collection).\n7 of 10 items imported.',
    );
  });

  it.each([null, undefined, 'text', [], { price: {}, listing_title: 7 }])(
    'copes with the payload %p',
    (odd) => {
      expect(compose({ eventType: 'NEW_MATCH', payload: odd }).subject).toBe('Found: your WaxWatch alerts');
    },
  );
});
