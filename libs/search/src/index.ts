export { SEARCH_LIMITS, type SearchLimits } from './provider-fan-out';
export { SearchApiModule, SearchModule } from './search.module';
export { SearchService } from './search.service';
