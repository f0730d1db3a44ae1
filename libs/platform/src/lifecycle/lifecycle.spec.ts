import { once } from 'node:events';
import { Logger } from '@nestjs/common';
import { Lifecycle } from './lifecycle';

describe('Lifecycle', () => {
  beforeAll(() => void Logger.overrideLogger(false));
  afterAll(() => void Logger.overrideLogger(['log', 'error', 'warn']));

  const turn = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve));

  it('is not ready for new work from the announcement on', () => {
    const lifecycle = new Lifecycle();
    expect(lifecycle.isDraining).toBe(false);

    lifecycle.announce();

    expect(lifecycle.isDraining).toBe(true);
  });

  it('announces a drain that nobody announced', async () => {
    const lifecycle = new Lifecycle();
    let wasDraining = false;
    lifecycle.onDrain('streams', 'look', async () => {
      wasDraining = lifecycle.isDraining;
      await turn();
    });

    await lifecycle.drain();

    expect(wasDraining).toBe(true);
  });

  it('ends streams, then claims, then work, however they were added', async () => {
    const lifecycle = new Lifecycle();
    const log: string[] = [];
    for (const stage of ['work', 'claims', 'streams'] as const) {
      lifecycle.onDrain(stage, stage, async () => {
        log.push(`${stage} begins`);
        await turn();
        log.push(`${stage} ends`);
      });
    }

    await lifecycle.drain();

    expect(log).toEqual([
      'streams begins',
      'streams ends',
      'claims begins',
      'claims ends',
      'work begins',
      'work ends',
    ]);
  });

  it('runs the steps of a stage side by side', async () => {
    const lifecycle = new Lifecycle();
    const log: string[] = [];
    let release = (): void => undefined;
    lifecycle.onDrain('work', 'slow', async () => {
      await new Promise<void>((resolve) => (release = resolve));
      log.push('slow');
    });
    lifecycle.onDrain('work', 'fast', async () => {
      await turn();
      log.push('fast');
      release();
    });

    await lifecycle.drain();

    expect(log).toEqual(['fast', 'slow']);
  });

  it('lets a failing step hold up nobody', async () => {
    const lifecycle = new Lifecycle();
    const log: string[] = [];
    lifecycle.onDrain('streams', 'bad', async () => {
      await turn();
      throw new Error('no');
    });
    lifecycle.onDrain('work', 'good', async () => {
      await turn();
      log.push('good');
    });

    await lifecycle.drain();

    expect(log).toEqual(['good']);
  });

  describe('work within a time', () => {
    const aborted = async (signal: AbortSignal): Promise<string> => {
      if (!signal.aborted) await once(signal, 'abort');
      return 'aborted';
    };

    it('is told when its time is up', async () => {
      expect(await new Lifecycle().within(1, aborted)).toBe('aborted');
    });

    it('is told when running work has to end, and not before', async () => {
      const lifecycle = new Lifecycle();
      let wasAborted: boolean | undefined;
      const work = lifecycle.within(60_000, async (signal) => {
        lifecycle.onDrain('claims', 'look', async () => {
          await turn();
          wasAborted = signal.aborted;
        });
        return await aborted(signal);
      });

      await lifecycle.drain();

      expect(await work).toBe('aborted');
      expect(wasAborted).toBe(false);
      expect(await lifecycle.within(60_000, aborted)).toBe('aborted');
    });

    it('gives what the work gives, or fails as it fails', async () => {
      const lifecycle = new Lifecycle();
      expect(await lifecycle.within(60_000, async () => await Promise.resolve(7))).toBe(7);
      await expect(
        lifecycle.within(60_000, async () => await Promise.reject(new Error('no'))),
      ).rejects.toThrow('no');
    });
  });

  it('has nothing to do without steps', async () => {
    await expect(new Lifecycle().drain()).resolves.toBeUndefined();
  });
});
