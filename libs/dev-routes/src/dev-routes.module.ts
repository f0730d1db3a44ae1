import { Module } from '@nestjs/common';
import { ListingsApiModule, ListingsModule } from '@waxwatch/listings';
import { PollerModule } from '@waxwatch/polling';
import { DevRoutesController } from './dev-routes.controller';
import { DevRoutesService } from './dev-routes.service';

/** For environments that are not production-like; the application decides by importing it. */
@Module({
  imports: [ListingsApiModule, ListingsModule, PollerModule],
  providers: [DevRoutesService],
  controllers: [DevRoutesController],
})
export class DevRoutesModule {}
