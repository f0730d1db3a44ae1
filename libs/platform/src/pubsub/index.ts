export { InProcessPubSub } from './in-process-pub-sub';
export { PubSub } from './pub-sub';
export { PubSubModule } from './pub-sub.module';
