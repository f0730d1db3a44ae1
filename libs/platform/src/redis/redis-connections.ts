import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import Redis, { type RedisOptions } from 'ioredis';
import { type AppConfig, InjectConfig } from '../config/app-config';

const COMMON: RedisOptions = {
  connectTimeout: 2000,
  // ioredis lets this time pass even when there is no connection left to end, and holds the process up.
  disconnectTimeout: 200,
  retryStrategy: (attempt) => Math.min(attempt * 200, 5000),
  reconnectOnError: (error) => error.message.startsWith('READONLY'),
};

/**
 * Every Redis connection of the process. Without `REDIS_URL` there are none, and whoever may do without Redis
 * finds `request` to be null.
 */
@Injectable()
export class RedisConnections implements OnApplicationShutdown {
  private readonly logger = new Logger('redis');
  private readonly opened: Redis[] = [];
  private shared: Redis | undefined;

  constructor(@InjectConfig() private readonly config: AppConfig) {}

  /** True where the process relies on Redis: its queue is not in-process. */
  get isRequired(): boolean {
    return !this.config.QUEUE_EAGER;
  }

  /** The shared connection for commands on the request path: it fails fast and never queues. */
  get request(): Redis | null {
    if (this.config.REDIS_URL === undefined) return null;
    this.shared ??= this.open({
      ...COMMON,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 1,
      commandTimeout: 2000,
    });
    return this.shared;
  }

  /** A new connection that may block or subscribe for as long as it likes. */
  openBlocking(): Redis {
    return this.open({ ...COMMON, maxRetriesPerRequest: null, enableReadyCheck: false });
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.allSettled(this.opened.map(async (client) => await close(client)));
  }

  private open(options: RedisOptions): Redis {
    if (this.config.REDIS_URL === undefined) throw new Error('REDIS_URL is not configured');
    const client = new Redis(this.config.REDIS_URL, options);
    client.on('error', (error: Error) => this.logger.warn({ event: 'redis.error', err: error }));
    this.opened.push(client);
    return client;
  }
}

async function close(client: Redis): Promise<void> {
  if (client.status === 'ready') await client.quit();
  else client.disconnect();
}
