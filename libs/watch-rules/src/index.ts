export { WatchRule } from './watch-rule.entity';
