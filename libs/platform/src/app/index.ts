export { createApp } from './create-app';
export { PlatformModule } from './platform.module';
export { startOrExit } from './start-or-exit';
