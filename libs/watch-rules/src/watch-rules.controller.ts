import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CurrentUserId } from '@waxwatch/auth';
import {
  Paged,
  PageParams,
  type PageRequest,
  queryInt,
  Refuses,
  Returns,
  ReturnsWirePage,
} from '@waxwatch/platform/http';
import { RateLimited } from '@waxwatch/platform/rate-limit';
import {
  type NewWatchRule,
  RuleId,
  type WatchRuleChange,
  WatchRuleCreate,
  WatchRuleDetailOut,
  WatchRuleOut,
  WatchRuleUpdate,
} from './watch-rules.schema';
import { RulePreview } from './rule-preview';
import { RulePreviewOut } from './rule-preview.schema';
import { WatchRulesService } from './watch-rules.service';

@RateLimited('watch_rules')
@ApiTags('watch-rules')
@Controller('api/watch-rules')
export class WatchRulesController {
  constructor(
    private readonly rules: WatchRulesService,
    private readonly previews: RulePreview,
  ) {}

  @Post()
  @ApiOperation({
    operationId: 'create_rule_api_watch_rules_post',
    summary: 'Create Rule',
    description:
      'Makes a rule, which starts to be polled at once. Without `query.sources` it asks every enabled marketplace.',
  })
  @Returns(201, WatchRuleOut)
  async create(@CurrentUserId() userId: string, @Body({ schema: WatchRuleCreate }) rule: NewWatchRule) {
    return await this.rules.create(userId, rule);
  }

  @Post('preview')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'preview_rule_api_watch_rules_preview_post',
    summary: 'Preview Rule',
    description:
      'Holds a rule against recent listings and says what it would accept and reject; stores nothing.',
  })
  @Returns(200, RulePreviewOut)
  async preview(
    @CurrentUserId() userId: string,
    @Body({ schema: WatchRuleCreate }) rule: NewWatchRule,
    @Query('limit', { schema: queryInt(1, 50, 20) }) limit: number,
  ) {
    return await this.previews.of(userId, rule.query, limit);
  }

  @Get()
  @ApiOperation({
    operationId: 'list_rules_api_watch_rules_get',
    summary: 'List Rules',
    description: 'The user’s rules, disabled ones included.',
  })
  @Paged()
  @ReturnsWirePage(WatchRuleOut)
  async list(@CurrentUserId() userId: string, @PageParams() page: PageRequest) {
    return await this.rules.list(userId, page);
  }

  @Get(':rule_id')
  @ApiOperation({
    operationId: 'get_rule_api_watch_rules__rule_id__get',
    summary: 'Get Rule',
    description: 'One rule, with how it is really polled.',
  })
  @Returns(200, WatchRuleDetailOut)
  async get(@CurrentUserId() userId: string, @Param('rule_id', { schema: RuleId }) ruleId: string) {
    return await this.rules.get(userId, ruleId);
  }

  @Patch(':rule_id')
  @ApiOperation({
    operationId: 'patch_rule_api_watch_rules__rule_id__patch',
    summary: 'Patch Rule',
    description:
      'Changes what is named. `query` is merged key by key: null removes a key, what is not named stays.',
  })
  @Refuses(400, 'The rule would have no `sources`')
  @Returns(200, WatchRuleOut)
  async update(
    @CurrentUserId() userId: string,
    @Param('rule_id', { schema: RuleId }) ruleId: string,
    @Body({ schema: WatchRuleUpdate }) change: WatchRuleChange,
  ) {
    return await this.rules.update(userId, ruleId, change);
  }

  @Post(':rule_id/disable')
  @ApiOperation({
    operationId: 'disable_rule_explicit_api_watch_rules__rule_id__disable_post',
    summary: 'Disable Rule Explicit',
    description: 'Switches the rule off, as `DELETE` does. Repeating it changes nothing.',
  })
  @Returns(200, WatchRuleOut)
  async disable(@CurrentUserId() userId: string, @Param('rule_id', { schema: RuleId }) ruleId: string) {
    return await this.rules.update(userId, ruleId, { isActive: false });
  }

  @Delete(':rule_id')
  @ApiOperation({
    operationId: 'disable_rule_api_watch_rules__rule_id__delete',
    summary: 'Disable Rule',
    description: 'The rule stays, disabled, and can be enabled again.',
  })
  @Returns(200, WatchRuleOut)
  async remove(@CurrentUserId() userId: string, @Param('rule_id', { schema: RuleId }) ruleId: string) {
    return await this.rules.update(userId, ruleId, { isActive: false });
  }

  @Delete(':rule_id/hard')
  @ApiOperation({
    operationId: 'delete_rule_hard_api_watch_rules__rule_id__hard_delete',
    summary: 'Delete Rule Hard',
    description: 'The rule and its matches are gone for good.',
  })
  @HttpCode(204)
  @ApiResponse({ status: 204, description: 'Deleted' })
  async removeForGood(
    @CurrentUserId() userId: string,
    @Param('rule_id', { schema: RuleId }) ruleId: string,
  ): Promise<void> {
    await this.rules.delete(userId, ruleId);
  }
}
