export { StreamApiModule } from './stream-api.module';
export { StreamRegistry } from './stream-registry';
export { StreamWatch } from './stream-watch';
