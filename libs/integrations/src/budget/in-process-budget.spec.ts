import fc from 'fast-check';
import { refusalOf } from '../../../../test/simulators/client-tools';
import { InProcessBudget } from './in-process-budget';
import type { CallPriority } from './provider-budget';

const LIMITS = { discogs: { limit: 5, windowMs: 60_000, reserved: 2 } };

function budget() {
  const time = { now: 1_000_000 };
  return { time, budget: new InProcessBudget(LIMITS, () => time.now) };
}

async function takeMany(from: InProcessBudget, priority: CallPriority, count: number): Promise<void> {
  for (let call = 0; call < count; call++) await from.take('discogs', priority);
}

describe('InProcessBudget', () => {
  it('gives background calls their share and keeps the reserve for people who wait', async () => {
    const { budget: calls, time } = budget();
    await takeMany(calls, 'background', 3);
    time.now += 10_000;
    expect(await refusalOf(calls.take('discogs', 'background'))).toMatchObject({
      kind: 'budget_exhausted',
      message: 'Discogs call budget is used up',
      retryAfterMs: 50_000,
    });
    await takeMany(calls, 'interactive', 2);
    expect(await refusalOf(calls.take('discogs', 'interactive'))).toMatchObject({ retryAfterMs: 50_000 });
  });

  it('tells background calls when their own share has room again', async () => {
    const { budget: calls, time } = budget();
    await takeMany(calls, 'interactive', 1);
    time.now += 20_000;
    await takeMany(calls, 'interactive', 4);
    // Three of the five have to go before a background call fits: the first at 60 s, the rest at 80 s.
    expect(await refusalOf(calls.take('discogs', 'background'))).toMatchObject({ retryAfterMs: 60_000 });
    time.now += 60_000;
    await calls.take('discogs', 'background');
  });

  it('says how many calls it would grant, and when there is room again', async () => {
    const { budget: calls, time } = budget();
    expect(await calls.room('discogs', 'background')).toEqual({ calls: 3, freeInMs: 0 });
    expect(await calls.room('discogs', 'interactive')).toEqual({ calls: 5, freeInMs: 0 });
    await takeMany(calls, 'background', 3);
    time.now += 20_000;
    expect(await calls.room('discogs', 'background')).toEqual({ calls: 0, freeInMs: 40_000 });
    expect(await calls.room('mock', 'background')).toBeNull();
  });

  it('lets background calls stand back for a moment after somebody who waits was refused', async () => {
    const { budget: calls, time } = budget();
    await takeMany(calls, 'interactive', 5);
    time.now += 59_000;
    await refusalOf(calls.take('discogs', 'interactive'));
    time.now += 1_000;
    expect(await refusalOf(calls.take('discogs', 'background'))).toMatchObject({ retryAfterMs: 14_000 });
    await calls.take('discogs', 'interactive');
    await calls.take('discogs', 'background');
  });

  it('has room for providers without a limit', async () => {
    const { budget: calls } = budget();
    await calls.take('mock', 'background');
    expect(await calls.use('mock')).toBeNull();
    expect(await calls.use('discogs')).toEqual({ used: 0, limit: 5, windowMs: 60_000 });
  });

  it('believes the provider when it says that less is left, and ignores it when it says more', async () => {
    const { budget: calls } = budget();
    calls.observe('discogs', { 'x-discogs-ratelimit-remaining': '57' });
    calls.observe('discogs', { 'x-discogs-ratelimit-remaining': 'many' });
    calls.observe('discogs', {});
    expect(await calls.use('discogs')).toMatchObject({ used: 0 });
    calls.observe('discogs', { 'x-discogs-ratelimit-remaining': '1' });
    calls.observe('discogs', { 'x-discogs-ratelimit-remaining': '1' });
    expect(await calls.use('discogs')).toMatchObject({ used: 4 });
    await calls.take('discogs', 'interactive');
    expect(await refusalOf(calls.take('discogs', 'interactive'))).toMatchObject({ kind: 'budget_exhausted' });
  });

  it('never grants more than the limit within any window, and always keeps its word about waiting', async () => {
    const steps = fc.array(
      fc.record({ waitMs: fc.integer({ min: 0, max: 30_000 }), isInteractive: fc.boolean() }),
      { maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (calls) => {
        const { budget: window, time } = budget();
        const granted: number[] = [];
        for (const { waitMs, isInteractive } of calls) {
          time.now += waitMs;
          const priority = isInteractive ? 'interactive' : 'background';
          const refusal = await window.take('discogs', priority).then(
            () => null,
            async () => await refusalOf(window.take('discogs', priority)),
          );
          if (refusal) {
            time.now += refusal.retryAfterMs ?? 0;
            await window.take('discogs', priority);
          }
          granted.push(time.now);
          expect(granted.filter((at) => at > time.now - 60_000).length).toBeLessThanOrEqual(5);
        }
      }),
      { numRuns: 50 },
    );
  });
});
