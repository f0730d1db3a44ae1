import { Writable } from 'node:stream';
import pino from 'pino';
import { pinoOptions } from './pino-options';

/** What one call of the logger writes. */
function lineOf(
  write: (logger: pino.Logger) => void,
  level = 'info',
  WEB_CONCURRENCY = 1,
): Record<string, unknown> | null {
  let text = '';
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  write(pino(pinoOptions({ LOG_LEVEL: level as 'info', WEB_CONCURRENCY }), sink));
  return text === '' ? null : (JSON.parse(text) as Record<string, unknown>);
}

describe('pinoOptions', () => {
  it('writes one object with time, level, event and fields, and nothing about the machine', () => {
    const line = lineOf((logger) => logger.info({ event: 'poll.done', fetched: 3 }));

    expect(line).toEqual({
      ts: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      level: 'info',
      event: 'poll.done',
      fetched: 3,
      request_id: '-',
    });
  });

  it('says which process writes where several do', () => {
    expect(lineOf((logger) => logger.info({ event: 'x' }), 'info', 2)).toMatchObject({ pid: process.pid });
  });

  it('takes the text of a plain line for its event', () => {
    expect(lineOf((logger) => logger.error('Nest application failed'))).toMatchObject({
      level: 'error',
      event: 'Nest application failed',
    });
  });

  it('spells out warning, as log collectors expect it', () => {
    expect(lineOf((logger) => logger.warn({ event: 'x' }))).toMatchObject({ level: 'warning' });
  });

  it('writes nothing below its level', () => {
    expect(lineOf((logger) => logger.info({ event: 'x' }), 'warn')).toBeNull();
  });

  it('redacts fields and errors', () => {
    const err = Object.assign(new Error('Bearer abc'), { parameters: ['secret'] });
    const line = lineOf((logger) => logger.error({ event: 'x', token: 'abc', err }));

    expect(line).toMatchObject({
      token: '***redacted***',
      err: { type: 'Error', message: 'Bearer ***redacted***' },
    });
    expect(JSON.stringify(line)).not.toMatch(/abc|secret/);
  });
});
