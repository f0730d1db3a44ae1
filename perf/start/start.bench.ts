import 'reflect-metadata';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { freePort } from '../../test/support/free-port';
import { startBenchServices, type BenchServices } from '../support/services';
import { median, report } from '../support/report';

const RUNS = 5;
const POLL_MS = 10;

interface Start {
  seconds: number;
  megabytes: number;
}

/** Seconds until `url` answers 200, and the memory that the process holds then. */
async function measure(script: string, env: Record<string, string>, url: string): Promise<Start> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [resolve(__dirname, '../..', script)], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise<void>((settle) => child.once('exit', () => settle()));
  try {
    for (;;) {
      if (child.exitCode !== null) throw new Error(`${script} ended with ${child.exitCode}`);
      const status = await fetch(url).then(
        (response) => response.status,
        () => 0,
      );
      if (status === 200) break;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    const seconds = (performance.now() - startedAt) / 1000;
    return { seconds, megabytes: residentMegabytes(child.pid ?? 0) };
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}

function residentMegabytes(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1] ?? Number.NaN) / 1024;
}

/** The baseline: a bare `node:http` server in a process of its own. */
async function measureBare(): Promise<Start> {
  const port = await freePort();
  const startedAt = performance.now();
  const code = `require('node:http').createServer((_, r) => r.end('ok')).listen(${port}, '127.0.0.1')`;
  const child = spawn(process.execPath, ['-e', code], { stdio: 'ignore' });
  try {
    for (;;) {
      const isUp = await fetch(`http://127.0.0.1:${port}/`).then(
        () => true,
        () => false,
      );
      if (isUp) break;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return { seconds: (performance.now() - startedAt) / 1000, megabytes: residentMegabytes(child.pid ?? 0) };
  } finally {
    child.kill('SIGKILL');
  }
}

async function environment({ databaseUrl, redisUrl }: BenchServices): Promise<Record<string, string>> {
  return await Promise.resolve({
    ENVIRONMENT: 'test',
    LOG_LEVEL: 'error',
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    AUTH_ISSUER: 'http://127.0.0.1:1/auth/v1',
    HOST: '127.0.0.1',
  });
}

async function main(): Promise<void> {
  const services = await startBenchServices();
  try {
    const env = await environment(services);
    const [apiPort, workerPort] = [await freePort(), await freePort()];
    const api: Start[] = [];
    const worker: Start[] = [];
    const bare: Start[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      bare.push(await measureBare());
      api.push(
        await measure(
          'dist/apps/api/main.js',
          { ...env, PORT: String(apiPort) },
          `http://127.0.0.1:${apiPort}/readyz`,
        ),
      );
      worker.push(
        await measure(
          'dist/apps/worker/main.js',
          { ...env, WORKER_PORT: String(workerPort) },
          `http://127.0.0.1:${workerPort}/readyz`,
        ),
      );
    }
    const of = (starts: Start[], key: keyof Start): number => median(starts.map((start) => start[key]));
    const seconds = { name: 'bare node:http, s', value: of(bare, 'seconds') };
    const megabytes = { name: 'bare node:http, MB', value: of(bare, 'megabytes') };
    report(
      'start',
      [
        { name: 'API ready, s', value: of(api, 'seconds'), op: '<=', goal: 3, baseline: seconds },
        { name: 'API resident, MB', value: of(api, 'megabytes'), op: '<=', goal: 150, baseline: megabytes },
        { name: 'worker ready, s', value: of(worker, 'seconds'), op: '<=', goal: 3, baseline: seconds },
        {
          name: 'worker resident, MB',
          value: of(worker, 'megabytes'),
          op: '<=',
          goal: 150,
          baseline: megabytes,
        },
      ],
      { runs: { api, worker, bare } },
    );
  } finally {
    await services.stop();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
