import { Global, Module } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../config/app-config';
import { RedisConnections } from '../redis/redis-connections';
import { InProcessPubSub } from './in-process-pub-sub';
import { PubSub } from './pub-sub';
import { RedisPubSub } from './redis-pub-sub';

@Global()
@Module({
  providers: [
    {
      provide: PubSub,
      inject: [APP_CONFIG, RedisConnections],
      useFactory: (config: AppConfig, redis: RedisConnections): PubSub =>
        config.QUEUE_EAGER ? new InProcessPubSub() : new RedisPubSub(redis, `${config.QUEUE_PREFIX}:hint:`),
    },
  ],
  exports: [PubSub],
})
export class PubSubModule {}
