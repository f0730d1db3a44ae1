export { pollQuestions } from './poll-questions';
export { InvalidRuleQuery, readNewQuery, type RuleQuery } from './rule-query';
export { WatchRule } from './watch-rule.entity';
export { WatchRulesApiModule, WatchRulesModule } from './watch-rules.module';
export { type NewWatchRule, type WatchRuleDetailOut, WatchRuleOut } from './watch-rules.schema';
export { WatchRulesService } from './watch-rules.service';
