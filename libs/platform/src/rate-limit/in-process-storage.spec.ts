import fc from 'fast-check';
import { InProcessStorage } from './in-process-storage';

const TTL_MS = 60_000;

/** The storage in the hands of somebody who can turn the clock. */
function storageAt(start = 1_000_000, maxKeys?: number) {
  const clock = { ms: start };
  const storage = new InProcessStorage(() => clock.ms, maxKeys);
  const ask = async (key: string, limit: number) => await storage.increment(key, TTL_MS, limit);
  return { clock, storage, ask };
}

/** What the storage must do, in the plainest words. */
class Model {
  private readonly admitted = new Map<string, number[]>();

  ask(key: string, now: number, limit: number): { isBlocked: boolean; waitMs: number } {
    const live = (this.admitted.get(key) ?? []).filter((at) => at > now - TTL_MS);
    const isBlocked = live.length >= limit;
    this.admitted.set(key, isBlocked ? live : [...live, now]);
    return { isBlocked, waitMs: isBlocked ? (live[0] ?? now) + TTL_MS - now : 0 };
  }
}

const requests = fc.array(
  fc.record({
    key: fc.constantFrom('a', 'b', 'c'),
    afterMs: fc.oneof(
      fc.constant(0),
      fc.integer({ min: 0, max: 5_000 }),
      fc.constant(TTL_MS),
      fc.nat(90_000),
    ),
  }),
  { maxLength: 200 },
);

describe('InProcessStorage', () => {
  it('decides like the plainest sliding log there is, and says how long to wait in whole seconds', async () => {
    await fc.assert(
      fc.asyncProperty(requests, fc.integer({ min: 1, max: 8 }), async (sequence, limit) => {
        const { clock, ask } = storageAt();
        const model = new Model();
        for (const { key, afterMs } of sequence) {
          clock.ms += afterMs;
          const expected = model.ask(key, clock.ms, limit);
          const { isBlocked, timeToBlockExpire } = await ask(key, limit);
          expect({ isBlocked, timeToBlockExpire }).toEqual({
            isBlocked: expected.isBlocked,
            timeToBlockExpire: Math.ceil(expected.waitMs / 1000),
          });
        }
      }),
    );
  });

  it('admits no more than the limit within any minute, and everybody who waits as long as told', async () => {
    await fc.assert(
      fc.asyncProperty(requests, fc.integer({ min: 1, max: 5 }), async (sequence, limit) => {
        const { clock, ask } = storageAt();
        const admitted: number[] = [];
        for (const { afterMs } of sequence) {
          clock.ms += afterMs;
          let answer = await ask('key', limit);
          if (answer.isBlocked) {
            clock.ms += answer.timeToBlockExpire * 1000;
            answer = await ask('key', limit);
          }
          expect(answer.isBlocked).toBe(false);
          admitted.push(clock.ms);
          expect(admitted.filter((at) => at > clock.ms - TTL_MS).length).toBeLessThanOrEqual(limit);
        }
      }),
    );
  });

  it('counts a request that is a millisecond short of a minute old, and no older one', async () => {
    const { clock, ask } = storageAt();
    await ask('key', 1);
    clock.ms += TTL_MS - 1;
    expect(await ask('key', 1)).toMatchObject({ isBlocked: true, timeToBlockExpire: 1 });
    clock.ms += 1;
    expect(await ask('key', 1)).toMatchObject({ isBlocked: false, totalHits: 1 });
  });

  it('does not log what it refuses', async () => {
    const { clock, ask } = storageAt();
    await ask('key', 1);
    for (let second = 1; second < 60; second++) {
      clock.ms += 1000;
      expect((await ask('key', 1)).isBlocked).toBe(true);
    }
    clock.ms += 1000;
    expect((await ask('key', 1)).isBlocked).toBe(false);
  });

  it('takes one request out again', async () => {
    const { ask } = storageAt();
    const first = await ask('key', 2);
    await ask('key', 2);
    first.undo();
    expect((await ask('key', 2)).isBlocked).toBe(false);
    expect((await ask('key', 2)).isBlocked).toBe(true);
  });

  it('takes nothing out for a request that is over', async () => {
    const { clock, ask } = storageAt();
    const old = await ask('key', 1);
    clock.ms += TTL_MS;
    await ask('key', 1);
    old.undo();
    expect((await ask('key', 1)).isBlocked).toBe(true);
  });

  it('forgives everything when the clock is set back', async () => {
    const { clock, ask } = storageAt();
    await ask('key', 1);
    clock.ms -= 3_600_000;
    expect((await ask('key', 1)).isBlocked).toBe(false);
    expect(await ask('key', 1)).toMatchObject({ isBlocked: true, timeToBlockExpire: 60 });
  });

  it('forgets keys whose minute is over', async () => {
    const { clock, storage, ask } = storageAt();
    for (let client = 0; client < 100; client++) await ask(`client-${client}`, 5);
    expect(storage.size).toBe(100);
    for (let minute = 0; minute < 2; minute++) {
      clock.ms += TTL_MS;
      await ask('somebody', 100);
    }
    expect(storage.size).toBe(1);
  });

  it('remembers no more keys than it may, the latest of them', async () => {
    const { storage, ask } = storageAt(0, 10);
    for (let client = 0; client < 1000; client++) {
      await ask('regular', 5_000);
      await ask(`spoofed-${client}`, 1);
    }
    expect(storage.size).toBeLessThanOrEqual(10);
    expect(await ask('regular', 5_000)).toMatchObject({ totalHits: 1001 });
  });
});
