import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { RedisConnections } from '@waxwatch/platform/redis';
import type { Redis } from 'ioredis';
import { once } from 'node:events';
import { Client } from 'pg';

export type Check = { status: 'ok' } | { status: 'failed' | 'skipped'; reason: string };

const BUDGET_MS = 1000;
const CACHE_MS = 1000;
const CONNECTING = new Set(['wait', 'connecting', 'connect']);
const REDIS_SKIPPED: Check = {
  status: 'skipped',
  reason: 'redis readiness check skipped because the queue runs in-process in this environment',
};

/** Redis is away, so that not even a PING can be sent. */
class NotConnected extends Error {}

/**
 * Asks PostgreSQL and Redis whether they answer. A probe takes a second at the most, whatever hangs, and its
 * answer is good for another second, however many ask.
 */
@Injectable()
export class DependencyProbes {
  constructor(
    @InjectConfig() private readonly config: Pick<AppConfig, 'DATABASE_URL'>,
    private readonly redis: RedisConnections,
    private readonly indicators: HealthIndicatorService,
  ) {}

  async run(): Promise<Record<string, Check>> {
    const [db, redis] = await Promise.all([this.probeDatabase(), this.probeRedis()]);
    return { db, redis };
  }

  private async probeDatabase(): Promise<Check> {
    return await this.probe('db', async (signal) => await askPostgres(this.config.DATABASE_URL, signal));
  }

  private async probeRedis(): Promise<Check> {
    const client = this.redis.isRequired ? this.redis.request : null;
    if (client === null) return REDIS_SKIPPED;
    return await this.probe('redis', async (signal) => await askRedis(client, signal));
  }

  private async probe(name: string, ask: (signal: AbortSignal) => Promise<void>): Promise<Check> {
    const result: HealthIndicatorResult = await this.indicators
      .check(name)
      .attempt(async ({ signal }) => {
        await ask(signal).catch((error: unknown) => {
          throw new Error(`${name} readiness probe failed: ${kindOf(error)}`);
        });
      })
      .withTimeout(BUDGET_MS)
      .cacheFor(CACHE_MS);
    const { status, message } = (result[name] ?? {}) as { status?: string; message?: unknown };
    if (status === 'up') return { status: 'ok' };
    const reason = String(message);
    const isTimeout = reason.startsWith('timeout');
    return {
      status: 'failed',
      reason: isTimeout
        ? `${name} readiness probe timed out after ${(BUDGET_MS / 1000).toFixed(1)}s`
        : reason,
    };
  }
}

/**
 * A connection of its own: a pool that is busy is no reason to take the process out of service, and a pooled
 * connection could be the one that hangs.
 */
async function askPostgres(connectionString: string, signal: AbortSignal): Promise<void> {
  const client = new Client({
    connectionString,
    application_name: 'waxwatch-readiness',
  });
  client.on('error', () => undefined);
  // Aborted when the time is up and whenever a probe has ended, so that a failed one leaves no connection behind.
  signal.addEventListener('abort', () => client.connection.stream.destroy());
  await client.connect();
  await client.query(`BEGIN; SET LOCAL statement_timeout = ${BUDGET_MS}; SELECT 1; COMMIT`);
  await client.end();
}

async function askRedis(client: Redis, signal: AbortSignal): Promise<void> {
  if (CONNECTING.has(client.status)) await once(client, 'ready', { signal });
  if (client.status !== 'ready') throw new NotConnected();
  await client.ping();
}

/** What went wrong in one word: the system's code where there is one, else the class of the error. */
function kindOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  if (typeof code === 'string') return code;
  return error instanceof Error ? error.constructor.name : 'Error';
}
