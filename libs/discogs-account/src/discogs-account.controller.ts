import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentUserId } from '@waxwatch/auth';
import { Refuses, Returns } from '@waxwatch/platform/http';
import { RateLimited } from '@waxwatch/platform/rate-limit';
import { AccountLinks, type ConnectRequest } from './account-links';
import { Authorisations } from './authorisations';
import {
  DiscogsConnectIn,
  DiscogsConnectOut,
  DiscogsDisconnectIn,
  DiscogsDisconnectOut,
  DiscogsOAuthCallbackIn,
  DiscogsOAuthStartIn,
  DiscogsOAuthStartOut,
  DiscogsStatusOut,
  type OAuthCallback,
  toConnectOut,
  toDisconnectOut,
  toOAuthStartOut,
  toStatusOut,
} from './discogs-account.schema';

/** Linking an account at Discogs. */
@RateLimited('discogs')
@ApiTags('integrations', 'discogs')
@Controller('api/integrations/discogs')
export class DiscogsAccountController {
  constructor(
    private readonly authorisations: Authorisations,
    private readonly links: AccountLinks,
  ) {}

  @Post('oauth/start')
  @RateLimited('auth_endpoints')
  @ApiOperation({
    operationId: 'start_discogs_oauth_api_integrations_discogs_oauth_start_post',
    summary: 'Start Discogs Oauth',
    description:
      'The first step of linking an account: the page to send the user to. What was linked before stays until the callback.',
  })
  @Refuses(502, 'Discogs answered with nonsense')
  @Returns(200, DiscogsOAuthStartOut)
  async start(
    @CurrentUserId() userId: string,
    @Body({ schema: DiscogsOAuthStartIn }) scopes: string[] | null,
  ) {
    return toOAuthStartOut(await this.authorisations.start(userId, scopes));
  }

  @Post('oauth/callback')
  @RateLimited('auth_endpoints')
  @ApiOperation({
    operationId: 'complete_discogs_oauth_api_integrations_discogs_oauth_callback_post',
    summary: 'Complete Discogs Oauth',
    description:
      '`code` is the `oauth_verifier`; `state` may also be the `oauth_token` that came back with it.',
  })
  @Refuses(400, 'The authorisation was not started here, or is too old')
  @Refuses(502, 'Discogs answered with nonsense')
  @Returns(200, DiscogsConnectOut)
  async complete(
    @CurrentUserId() userId: string,
    @Body({ schema: DiscogsOAuthCallbackIn }) { state, code }: OAuthCallback,
  ) {
    return toConnectOut(await this.authorisations.complete(userId, state, code));
  }

  @Post('connect')
  @ApiOperation({
    operationId: 'connect_discogs_api_integrations_discogs_connect_post',
    summary: 'Connect Discogs',
    description: 'By a personal access token, or by the username alone for lists that are public.',
  })
  @Refuses(400, 'Discogs refuses the token, or it is somebody else’s')
  @Refuses(502, 'Discogs answered with nonsense')
  @Returns(200, DiscogsConnectOut)
  async connect(@CurrentUserId() userId: string, @Body({ schema: DiscogsConnectIn }) wanted: ConnectRequest) {
    return toConnectOut(await this.links.connect(userId, wanted));
  }

  @Post('disconnect')
  @ApiOperation({
    operationId: 'disconnect_discogs_api_integrations_discogs_disconnect_post',
    summary: 'Disconnect Discogs',
    description: 'Discogs has no way to revoke a token but its own page, which the answer names.',
  })
  @Returns(200, DiscogsDisconnectOut)
  async disconnect(@CurrentUserId() userId: string, @Body({ schema: DiscogsDisconnectIn }) _body: unknown) {
    return toDisconnectOut(await this.links.disconnect(userId));
  }

  @Get('status')
  @ApiOperation({
    operationId: 'discogs_status_api_integrations_discogs_status_get',
    summary: 'Discogs Status',
    description: 'Whether an account is linked, by which means, and whether Discogs still accepts it.',
  })
  @Returns(200, DiscogsStatusOut)
  async status(@CurrentUserId() userId: string) {
    return toStatusOut(await this.links.find(userId));
  }
}
