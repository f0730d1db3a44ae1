import { Logger } from '@nestjs/common';
import { eventually } from '../../../../test/support/eventually';
import { startOrExit } from './start-or-exit';

/** What the process says and ends with when its start fails like this. */
async function outcomeOf(error: unknown): Promise<{ text: string; code: unknown }> {
  let text = '';
  const exit = jest.spyOn(process, 'exit').mockImplementation(() => undefined as never);
  const write = jest.spyOn(process.stderr, 'write').mockImplementation((line) => {
    text += String(line);
    return true;
  });
  try {
    startOrExit('api', async () => {
      await Promise.resolve();
      throw error;
    });
    await eventually(() => expect(exit).toHaveBeenCalled());
    return { text, code: exit.mock.calls[0]?.[0] };
  } finally {
    write.mockRestore();
    exit.mockRestore();
  }
}

const failure = (message: string, extra: object): Error => Object.assign(new Error(message), extra);

describe('startOrExit', () => {
  it.each([
    [
      'port 8000 on 0.0.0.0 is in use',
      failure('listen EADDRINUSE', { code: 'EADDRINUSE', address: '0.0.0.0', port: 8000 }),
    ],
    [
      'port 80 on 0.0.0.0 may not be opened',
      failure('listen EACCES', { code: 'EACCES', address: '0.0.0.0', port: 80 }),
    ],
    [
      'cannot use PostgreSQL: password authentication failed for user "wax"',
      failure('password authentication failed for user "wax"', { code: '28P01' }),
    ],
    ['cannot use PostgreSQL: ECONNREFUSED', failure('', { code: 'ECONNREFUSED' })],
    [
      'cannot use PostgreSQL: getaddrinfo ENOTFOUND db.example',
      failure('getaddrinfo ENOTFOUND db.example', { code: 'ENOTFOUND' }),
    ],
  ])('says in one line: %s', async (line, error) => {
    expect(await outcomeOf(error)).toEqual({ text: `api: ${line}\n`, code: 1 });
  });

  it('shows the stack of what nobody foresaw, without secrets', async () => {
    const { text, code } = await outcomeOf(new Error('odd: postgresql://wax:hunter2@db/wax'));

    expect(text).toMatch(/^api: failed to start: Error: odd/);
    expect(text).toContain('start-or-exit.spec.ts');
    expect(text).not.toContain('hunter2');
    expect(code).toBe(1);
  });

  it('takes anything for an error', async () => {
    expect((await outcomeOf('no')).text).toBe('api: failed to start: no\n');
    expect((await outcomeOf(null)).text).toBe('api: failed to start: null\n');
  });

  it('ends with 1 for what nobody caught, without what hangs on it', () => {
    const exit = jest.spyOn(process, 'exit').mockImplementation(() => undefined as never);
    const lines: string[] = [];
    const write = jest
      .spyOn(process.stderr, 'write')
      .mockImplementation((line) => lines.push(String(line)) > 0);
    const on = jest.spyOn(process, 'on').mockReturnThis();
    Logger.overrideLogger(false);
    try {
      startOrExit('worker', async () => await Promise.resolve());
      const [, handle] = on.mock.calls.find(([name]) => name === 'uncaughtException') ?? [];
      const error = Object.assign(new Error('no answer from redis://:hunter2@cache'), {
        parameters: ['ada'],
      });
      (handle as (error: unknown, origin: string) => void)(error, 'unhandledRejection');

      expect(lines).toEqual([
        'worker: ended by an unhandledRejection: no answer from redis://:***redacted***@cache\n',
      ]);
      expect(exit.mock.calls).toEqual([[1]]);
    } finally {
      Logger.overrideLogger(['log', 'error', 'warn']);
      [exit, write, on].forEach((spy) => spy.mockRestore());
    }
  });

  it('stays silent when all is well', async () => {
    const exit = jest.spyOn(process, 'exit').mockImplementation(() => undefined as never);
    startOrExit('api', async () => await Promise.resolve());
    await new Promise((resolve) => setImmediate(resolve));

    expect(exit).not.toHaveBeenCalled();
    exit.mockRestore();
  });
});
