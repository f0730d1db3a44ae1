import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { AdminOnly, CurrentUserId } from '@waxwatch/auth';
import { Paged, PageParams, type PageRequest, Returns, ReturnsPage } from '@waxwatch/platform/http';
import { ProviderRequestReader } from './provider-request-reader';
import {
  ProviderRequestAdminOut,
  ProviderRequestFilters,
  ProviderRequestOut,
  ProviderRequestSummaryOut,
} from './provider-requests.schema';

@ApiTags('provider-requests')
@Controller('api/provider-requests')
export class ProviderRequestsController {
  constructor(private readonly requests: ProviderRequestReader) {}

  @Get()
  @ApiOperation({
    operationId: 'list_provider_requests_api_provider_requests_get',
    summary: 'List Provider Requests',
    description: 'What marketplaces were asked on behalf of the user, and how that went.',
  })
  @Paged()
  @ReturnsPage(ProviderRequestOut)
  async list(@CurrentUserId() userId: string, @PageParams() page: PageRequest) {
    return await this.requests.listOf(userId, page);
  }

  @Get('summary')
  @ApiOperation({
    operationId: 'provider_request_summary_api_provider_requests_summary_get',
    summary: 'Provider Request Summary',
    description: 'The user’s requests counted by marketplace.',
  })
  @Returns(200, ProviderRequestSummaryOut.array())
  async summarise(@CurrentUserId() userId: string) {
    return await this.requests.summariseOf(userId);
  }

  @Get('admin')
  @AdminOnly()
  @ApiOperation({
    operationId: 'list_provider_requests_admin_api_provider_requests_admin_get',
    summary: 'List Provider Requests Admin',
    description: 'The requests of everybody, narrowed by the filters.',
  })
  @Paged()
  @ReturnsPage(ProviderRequestAdminOut)
  async listAll(
    @PageParams() page: PageRequest,
    @Query({ schema: ProviderRequestFilters }) filters: ProviderRequestFilters,
  ) {
    return await this.requests.list(filters, page);
  }

  @Get('admin/summary')
  @AdminOnly()
  @ApiOperation({
    operationId: 'provider_request_summary_admin_api_provider_requests_admin_summary_get',
    summary: 'Provider Request Summary Admin',
    description: 'The requests of everybody that pass the filters, counted by marketplace.',
  })
  @Returns(200, ProviderRequestSummaryOut.array())
  async summariseAll(@Query({ schema: ProviderRequestFilters }) filters: ProviderRequestFilters) {
    return await this.requests.summarise(filters);
  }
}
