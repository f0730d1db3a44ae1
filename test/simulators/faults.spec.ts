import { request } from 'undici';
import { eventually } from '../support/eventually';
import { ChatSimulator } from './chats/chat-simulator';
import { DISCOGS_KEYS, DiscogsSimulator } from './discogs/discogs-simulator';
import { EbaySimulator } from './ebay/ebay-simulator';
import { EcbSimulator } from './ecb/ecb-simulator';
import type { HttpSimulator } from './http-simulator';
import { KmsSimulator } from './kms/kms-simulator';
import { PushSimulator } from './push/push-simulator';
import { SesSimulator } from './ses/ses-simulator';
import { SnsSimulator } from './sns/sns-simulator';
import { SupabaseSimulator } from './supabase/supabase-simulator';

const SIMULATORS: [name: string, simulator: HttpSimulator][] = [
  ['Discogs', new DiscogsSimulator()],
  ['eBay', new EbaySimulator()],
  ['ECB', new EcbSimulator()],
  ['KMS', new KmsSimulator()],
  ['SES', new SesSimulator()],
  ['SNS', new SnsSimulator()],
  ['chats', new ChatSimulator()],
  ['push', new PushSimulator()],
  ['Supabase', new SupabaseSimulator()],
];

/** The answer as it comes, or the code of the network error. */
async function ask(
  simulator: HttpSimulator,
): Promise<{ status: number; type: unknown; text: string } | string> {
  try {
    const { statusCode, headers, body } = await request(`${simulator.url}/anything`, {
      headers: { 'user-agent': 'FaultTest/1.0', authorization: `Discogs token=${DISCOGS_KEYS.token}` },
    });
    return { status: statusCode, type: headers['content-type'], text: await body.text() };
  } catch (error) {
    return String(Reflect.get(Object(error), 'code'));
  }
}

beforeAll(async () => await Promise.all(SIMULATORS.map(async ([, simulator]) => await simulator.start())));
afterAll(async () => {
  await Promise.all(SIMULATORS.map(async ([, simulator]) => await simulator.stop()));
});

describe.each(SIMULATORS)('faults of the %s simulator', (_name, simulator) => {
  beforeEach(() => simulator.reset());

  it('hit the request they are meant for, once, and stand in the journal', async () => {
    const usual = await ask(simulator);
    simulator.inject({ kind: 'status', status: 503, retryAfter: '7', after: 1 });
    expect(await ask(simulator)).toEqual(usual);
    expect(await ask(simulator)).toMatchObject({ status: 503 });
    expect(await ask(simulator)).toEqual(usual);
    expect(simulator.journal.map(({ path, fault }) => [path, fault])).toEqual([
      ['/anything', null],
      ['/anything', null],
      ['/anything', 'status'],
      ['/anything', null],
    ]);
  });

  it('reset the connection, or leave it open without an answer', async () => {
    simulator.inject({ kind: 'reset' });
    expect(await ask(simulator)).toMatch(/ECONNRESET|UND_ERR_SOCKET/);
    simulator.inject({ kind: 'hang' });
    const answered = jest.fn();
    void ask(simulator).then(answered);
    await eventually(() => expect(simulator.journal).toHaveLength(2));
    // A later request is served while this one waits.
    await ask(simulator);
    expect(answered).not.toHaveBeenCalled();
    expect(simulator.journal.map(({ status }) => status === null)).toEqual([true, true, false]);
  });

  it('cut the body, with and without telling', async () => {
    const body = { text: 'x'.repeat(500) };
    // A fault of the body needs one: the answer to a page that does not exist may have none.
    jest.spyOn(simulator, 'answer' as never).mockReturnValue({ status: 200, body } as never);
    simulator.inject({ kind: 'cut' });
    expect(await ask(simulator)).toBe('UND_ERR_SOCKET');
    simulator.inject({ kind: 'truncated' });
    const half = await ask(simulator);
    expect(JSON.stringify(body).startsWith(typeof half === 'string' ? '-' : half.text)).toBe(true);
    simulator.inject({ kind: 'drip', everyMs: 0.1 });
    expect(await ask(simulator)).toMatchObject({ text: JSON.stringify(body) });
    simulator.inject({ kind: 'latency', ms: 5 });
    expect(await ask(simulator)).toMatchObject({ text: JSON.stringify(body) });
    jest.restoreAllMocks();
  });

  it('send a page where data belongs, and data as if it were a page', async () => {
    const usual = await ask(simulator);
    simulator.inject({ kind: 'html', status: 403 });
    const page = expect.stringContaining('<!DOCTYPE html>') as string;
    expect(await ask(simulator)).toEqual({ status: 403, type: 'text/html', text: page });
    simulator.inject({ kind: 'html', contentType: 'application/json' });
    expect(await ask(simulator)).toEqual({ status: 200, type: 'application/json', text: page });
    simulator.inject({ kind: 'content_type', contentType: 'text/html' });
    if (typeof usual !== 'string') usual.type = 'text/html';
    expect(await ask(simulator)).toEqual(usual);
  });

  it('leave time to the test', () => {
    simulator.clock.stopAt(new Date('2026-03-01T12:00:00Z'));
    simulator.clock.advance(61_000);
    expect(simulator.clock.now()).toEqual(new Date('2026-03-01T12:01:01Z'));
  });
});
