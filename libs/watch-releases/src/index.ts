export {
  type ImportedRelease,
  type ImportedReleaseRow,
  ImportedReleases,
  type ImportSource,
} from './imported-releases';
export { WatchRelease } from './watch-release.entity';
export { WatchReleasesApiModule, WatchReleasesModule } from './watch-releases.module';
export { MATCH_MODES, type NewWatchRelease } from './watch-releases.schema';
export { WatchReleasesService } from './watch-releases.service';
export { releaseQuestions } from './release-questions';
