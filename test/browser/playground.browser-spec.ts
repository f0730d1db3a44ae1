import { randomUUID } from 'node:crypto';
import { MockMarketplace } from '@waxwatch/integrations';
import { Lifecycle } from '@waxwatch/platform/lifecycle';
import type { Browser, Locator, Page } from 'playwright-core';
import { DemoClient } from '../../apps/demo/demo-client';
import { type RunningDemo, startDemo } from '../../apps/demo/start-demo';
import { launchBrowser } from '../support/browser';
import { useTestDatabase } from '../support/database';

/** Nothing is offered but what a test publishes, and polls come at once. */
const ENV = {
  ENVIRONMENT: 'test',
  LOG_LEVEL: 'silent',
  DEMO_PORT: '0',
  MOCK_PUBLISH_INTERVAL_SECONDS: '86400',
  SCHEDULER_POLL_INTERVAL_SECONDS: '0.2',
};

describe('the page', () => {
  const database = useTestDatabase();
  let demo: RunningDemo;
  let browser: Browser;
  let page: Page;
  let market: MockMarketplace;
  let troubles: string[];

  beforeAll(async () => {
    [demo, browser] = await Promise.all([
      startDemo({
        env: ENV,
        databaseUrl: database.url,
        dataDir: '',
        onAlert: () => undefined,
        onStep: () => undefined,
      }),
      launchBrowser(),
    ]);
    market = demo.app.get(MockMarketplace, { strict: false });
  }, 60_000);
  beforeEach(async () => {
    const context = await browser.newContext({ locale: 'en-US' });
    context.setDefaultTimeout(15_000);
    page = await context.newPage();
    troubles = [];
    page.on('pageerror', (error) => troubles.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') troubles.push(message.text());
    });
  });
  afterEach(async () => await page.context().close());
  afterAll(async () => {
    await browser.close();
    await demo.app.get(Lifecycle, { strict: false }).drain();
    await demo.app.close();
    await demo.release();
  });

  const word = (): string => `W${randomUUID().slice(0, 8)}`;
  const signIn = async (): Promise<void> => {
    await page.goto(demo.url);
    await page.getByRole('button', { name: 'Sign in as the demo collector' }).click();
    await page.getByText('Live', { exact: true }).waitFor();
  };
  const search = async (words: string): Promise<void> => {
    await page.getByLabel('Artist, title or words').fill(words);
    await page.getByRole('button', { name: 'Search', exact: true }).click();
  };
  /** Searches, saves the search under its own name, and gives the id of the rule. */
  const saveRule = async (name: string): Promise<string> => {
    await search(name);
    await page.getByLabel('Name of the rule').fill(name);
    const answer = page.waitForResponse((response) => response.url().endsWith('/api/search/save-alert'));
    await page.getByRole('button', { name: 'Save as a rule' }).click();
    return ((await (await answer).json()) as { id: string }).id;
  };
  const alertsOf = (title: string): Locator => page.locator('.alert').filter({ hasText: title });

  it('takes a collector from a search to an alert with its price, its reason and its history', async () => {
    const artist = word();
    market.publish({ artist, title: 'First Album', price: '42.00', grade: 'VG+', seller: 'the_shop' });
    await signIn();
    await search(artist);
    const result = page.locator('.result').filter({ hasText: artist });
    await result.waitFor();
    expect(await result.innerText()).toContain('$42.00');

    await saveRule(artist);
    await page.locator('.rule').filter({ hasText: artist }).waitFor();
    const alert = alertsOf(artist).first();
    await alert.locator('.spark').waitFor();

    const text = await alert.innerText();
    for (const part of ['New match', 'First Album', '$42.00', 'VG+', 'Mock market', 'the_shop']) {
      expect(text).toContain(part);
    }
    expect(text).toContain(`rule “${artist}”: title has “${artist.toLowerCase()}”`);
    expect(await alert.getByRole('img').getAttribute('aria-label')).toBe('Price history: $42.00 so far');
    const link = alert.getByRole('link', { name: /View offer/ });
    expect(await link.getAttribute('href')).toMatch(/^https:\/\/example\.com\/mock\//);
    expect(await link.getAttribute('rel')).toContain('noopener');
    expect(troubles).toEqual([]);
  });

  it('shows a price drop as it happens, with the old price and the new one', async () => {
    const artist = word();
    const { id } = market.publish({ artist, title: 'Reduced', price: '40.00' });
    await signIn();
    const ruleId = await saveRule(artist);
    await alertsOf(artist).first().waitFor();

    market.changePrice(id, '30.00');
    await new DemoClient(demo.url, demo.token).call('POST', `/api/dev/rules/${ruleId}/run`);
    const drop = page.locator('.alert[data-type="LISTING_PRICE_DROP"]').filter({ hasText: artist });
    await drop.locator('.spark').waitFor();

    expect(await drop.locator('.badge').innerText()).toBe('Price drop −25 %');
    expect(await drop.locator('.old-price').innerText()).toBe('$40.00');
    expect(await drop.locator('.price strong').innerText()).toBe('$30.00');
    expect(await drop.getByRole('img').getAttribute('aria-label')).toBe('Price history: $40.00, then $30.00');
    expect(await page.locator('#announcer').textContent()).toContain('Price drop');
  });

  it('shows a hostile title as the text that it is', async () => {
    const artist = word();
    const title = `<img src=x onerror="document.title='stolen'"> ${artist}`;
    const client = new DemoClient(demo.url, demo.token);
    await client.call('POST', '/api/watch-rules', {
      name: `<b>${artist}</b>`,
      query: { keywords: [artist], sources: ['mock'] },
    });
    await signIn();
    await client.call('POST', '/api/dev/listings/ingest', {
      provider: 'mock',
      external_id: artist,
      url: 'https://example.com/"onmouseover="alert(1)',
      title,
      price: 5,
    });

    expect(await alertsOf(artist).first().locator('.alert-title').innerText()).toBe(title);
    expect(await page.locator('main img').count()).toBe(0);
    expect(await page.title()).toBe('WaxWatch playground');
  });

  it('remembers who is signed in, until they sign out', async () => {
    await signIn();
    await page.reload();
    await page.getByText('Live', { exact: true }).waitFor();

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in as the demo collector' }).waitFor();
    await page.reload();

    expect(await page.locator('#board').isVisible()).toBe(false);
    expect(troubles).toEqual([]);
  });

  it('says so when a token is refused', async () => {
    await page.goto(demo.url);
    await page.getByText('Sign in with an access token').click();
    await page.getByLabel('Access token').fill('not-a-token');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();

    await page.getByRole('alert').filter({ hasText: 'invalid bearer token' }).waitFor();
    expect(await page.locator('#board').isVisible()).toBe(false);
  });

  it('connects again by itself and shows what came meanwhile', async () => {
    const artist = word();
    const { id } = market.publish({ artist, title: 'Patience', price: '40.00' });
    await signIn();
    const ruleId = await saveRule(artist);
    await alertsOf(artist).first().waitFor();
    await page.route('**/api/stream/events', async (route) => await route.abort());
    await page.reload();
    await page.getByText('Reconnecting…').waitFor();

    market.changePrice(id, '20.00');
    await new DemoClient(demo.url, demo.token).call('POST', `/api/dev/rules/${ruleId}/run`);
    await page.unroute('**/api/stream/events');

    await page.getByText('Live', { exact: true }).waitFor();
    await page.locator('.alert[data-type="LISTING_PRICE_DROP"]').filter({ hasText: artist }).waitFor();
    expect(await alertsOf(artist).count()).toBe(2);
  });
});
