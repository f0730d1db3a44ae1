export { WatchRelease } from './watch-release.entity';
