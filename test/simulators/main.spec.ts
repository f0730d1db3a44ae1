import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { parseConfig } from '../../libs/platform/src/config';

const END_OF_OUTPUT = 'docs/simulators.md';

describe('make simulators', () => {
  let simulators: ChildProcess;
  let output = '';

  beforeAll(async () => {
    simulators = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'main.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const chunk of simulators.stdout ?? []) {
      output += String(chunk);
      if (output.includes(END_OF_OUTPUT)) break;
    }
  });

  afterAll(() => void simulators.kill('SIGKILL'));

  it('prints addresses that all answer', async () => {
    const urls = [...new Set(output.match(/http:\/\/127\.0\.0\.1:\d+/g))];
    expect(urls).toHaveLength(7);

    const journals = await Promise.all(urls.map(async (url) => await fetch(`${url}/__control/journal`)));

    expect(journals.map(({ status }) => status)).toEqual(urls.map(() => 200));
  });

  it('prints an environment that WaxWatch starts with', () => {
    const printed = parseEnv(output);
    const config = parseConfig({
      ENVIRONMENT: 'dev',
      DATABASE_URL: 'postgres://127.0.0.1/waxwatch',
      REDIS_URL: 'redis://127.0.0.1',
      AUTH_ISSUER: 'http://127.0.0.1:1/auth/v1',
      ...printed,
    });

    expect(config).toMatchObject({
      DISCOGS_USER_AGENT: 'WaxWatch/1.0 +https://waxwatch.example',
      EBAY_API_BASE_URL: printed['EBAY_API_BASE_URL'],
      FX_RATES_URL: printed['FX_RATES_URL'],
    });
    expect(Object.keys(printed).filter((name) => !(name in config) && !name.startsWith('AWS_'))).toEqual([]);
  });

  it('ends when it is told to', async () => {
    const ended = once(simulators, 'exit');
    simulators.kill('SIGTERM');

    expect(await ended).toEqual([0, null]);
  });
});
