export { canonicalTerms, releaseTerms } from './canonical-terms';
export { conditionRank } from '@waxwatch/grading';
export { toMatchable, type ListingFacts, type MatchableListing } from './listing';
export { MatchIndex, type Candidate } from './match-index';
export { fxTable, SAME_CURRENCY_ONLY, toMinor, type FxRates } from './money';
export { normaliseTitle, readSpellings, tokenise, type Spellings } from './normalise';
export { matchRule, matchWatch, type MatchContext } from './predicate';
export type { MappingEvidence } from './release/mapping';
export {
  compileRule,
  compileWatch,
  type CompiledRule,
  type CompiledWatch,
  type NeverMatching,
  type RuleInput,
  type WatchInput,
} from './rule';
export { type CurrentRule, type CurrentWatch, MatchRecords, type RuleMatch } from './match-records';
export { Matcher } from './matcher';
export { MatchingModule } from './matching.module';
export { WatchMatch } from './watch-match.entity';
export { compileStoredRule, type StoredWatch } from './stored-watch';
export type { Term } from './term';
export { type Rejection, REJECTION_CODES, rejectionsOf } from './rejections';
