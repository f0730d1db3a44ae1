import { currentCorrelation, openCorrelation, runCorrelated } from './correlation';

const turn = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve));
const later = async () => {
  await turn();
  return currentCorrelation();
};

describe('correlation', () => {
  it('is empty where nothing was begun', async () => {
    expect(currentCorrelation()).toEqual({});
    expect(await later()).toEqual({});
  });

  it('lasts as long as the work that was begun with it, and no longer', async () => {
    const work = runCorrelated({ requestId: 'a' }, later);
    expect(currentCorrelation()).toEqual({});

    expect(await work).toEqual({ requestId: 'a' });
    expect(await later()).toEqual({});
  });

  it('is kept apart, however pieces of work overlap, nest and fail', async () => {
    const failing = runCorrelated({ requestId: 'fails' }, async () => {
      await turn();
      throw new Error('no');
    });
    const outer = runCorrelated({ requestId: 'outer' }, async () => {
      const inner = await runCorrelated({ requestId: 'inner' }, later);
      return [inner.requestId, (await later()).requestId];
    });
    await expect(failing).rejects.toThrow('no');
    expect(() =>
      runCorrelated({ requestId: 'throws' }, () => {
        throw new Error('at once');
      }),
    ).toThrow('at once');

    expect(await outer).toEqual(['inner', 'outer']);
    expect(currentCorrelation()).toEqual({});
  });

  it('lasts until it is ended where work outlives its first step', async () => {
    let seen: unknown;
    const end = openCorrelation({ requestId: 'request' }, () => void later().then((found) => (seen = found)));
    // Shorter work in between ends nothing but itself.
    runCorrelated({ requestId: 'line' }, () => undefined);
    await turn();
    await turn();

    expect(seen).toEqual({ requestId: 'request' });
    end();
  });
});
