export { Clock, SystemClock } from './clock';
export { ClockModule } from './clock.module';
export { IdSource, RandomIdSource } from './ids';
