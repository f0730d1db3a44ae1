export { Lifecycle } from './lifecycle';
export { LifecycleModule } from './lifecycle.module';
export { runUntilSignal } from './run-until-signal';
