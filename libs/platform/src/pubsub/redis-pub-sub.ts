import { Logger } from '@nestjs/common';
import type Redis from 'ioredis';
import type { RedisConnections } from '../redis/redis-connections';
import { PubSub } from './pub-sub';

/** Over Redis, with one connection for all subscriptions of the process, made again after every disconnect. */
export class RedisPubSub extends PubSub {
  private readonly logger = new Logger('pubsub');
  private readonly listeners = new Map<string, ((message: string) => void)[]>();
  private subscriber: Redis | undefined;

  constructor(
    private readonly redis: RedisConnections,
    private readonly prefix: string,
  ) {
    super();
  }

  override async publish(channel: string, message: string): Promise<boolean> {
    try {
      if (!this.redis.request) return false;
      await this.redis.request.publish(this.prefix + channel, message);
      return true;
    } catch (error) {
      this.logger.warn({ event: 'pubsub.publish_failed', channel, err: error });
      return false;
    }
  }

  override async subscribe(channel: string, listener: (message: string) => void): Promise<void> {
    this.listeners.set(channel, [...(this.listeners.get(channel) ?? []), listener]);
    this.subscriber ??= this.connect();
    // While Redis is away the command waits for the connection; the start of the process does not.
    this.subscriber.subscribe(this.prefix + channel).catch((error: unknown) => {
      this.logger.warn({ event: 'pubsub.subscribe_failed', channel, err: error });
    });
    await Promise.resolve();
  }

  private connect(): Redis {
    const client = this.redis.openBlocking();
    client.on('message', (channel: string, message: string) => {
      for (const listener of this.listeners.get(channel.slice(this.prefix.length)) ?? []) listener(message);
    });
    return client;
  }
}
