import { Global, Module } from '@nestjs/common';
import { Clock, SystemClock } from './clock';
import { IdSource, RandomIdSource } from './ids';

@Global()
@Module({
  providers: [
    { provide: Clock, useClass: SystemClock },
    { provide: IdSource, useClass: RandomIdSource },
  ],
  exports: [Clock, IdSource],
})
export class ClockModule {}
