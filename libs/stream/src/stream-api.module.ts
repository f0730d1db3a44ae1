import { Module } from '@nestjs/common';
import { SessionsModule } from '@waxwatch/auth';
import { NotificationsModule } from '@waxwatch/notifications';
import { StreamController } from './stream.controller';
import { StreamService } from './stream.service';
import { StreamFeeder } from './stream-feeder';
import { StreamRegistry } from './stream-registry';
import { StreamWatch } from './stream-watch';

/** Server-sent events; only processes that serve HTTP clients have it. */
@Module({
  imports: [NotificationsModule, SessionsModule],
  controllers: [StreamController],
  providers: [StreamFeeder, StreamRegistry, StreamService, StreamWatch],
  exports: [StreamRegistry, StreamWatch],
})
export class StreamApiModule {}
