import { Body, Controller, Header, Post, Req, Res, UseGuards, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Refuses, Returns } from '@waxwatch/platform/http';
import { RateLimited } from '@waxwatch/platform/rate-limit';
import type { Request, Response } from 'express';
import { Public } from '../principal';
import { cookieOf, SessionCookie } from '../session/session-cookie';
import { SessionSeal } from '../session/session-seal';
import { Sessions } from '../session/sessions';
import { LoginSentences } from './login-sentences.interceptor';
import { LoginRequest, LoginResponse } from './login.schema';
import { Logins } from './logins';
import { OwnPagesGuard } from './own-pages.guard';

@ApiTags('auth')
@Public()
@Controller('api/auth')
export class LoginController {
  constructor(
    private readonly logins: Logins,
    private readonly sessions: Sessions,
    private readonly cookie: SessionCookie,
    private readonly seal: SessionSeal,
  ) {}

  @Post('login')
  @RateLimited('auth_endpoints')
  @UseGuards(OwnPagesGuard)
  @UseInterceptors(LoginSentences)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    operationId: 'login_api_auth_login_post',
    summary: 'Login',
    description:
      'Signs in with a password and sets the session cookie. 401 `invalid_credentials` for an unknown address as for a wrong password.',
  })
  @Refuses(401, '`invalid_credentials`: no such account, or not its password')
  @Refuses(403, 'The account is inactive, or the request comes from a foreign page')
  @Refuses(404, 'This installation knows no passwords')
  @Returns(200, LoginResponse)
  async login(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Body({ schema: LoginRequest }) form: LoginRequest,
  ): Promise<LoginResponse> {
    const { session, redirectTo } = await this.logins.signIn(form);
    await this.endPrevious(request);
    await this.cookie.set(request, response, session);
    return { success: true, redirect_to: redirectTo };
  }

  /** Whose cookie is overwritten has left. */
  private async endPrevious(request: Request): Promise<void> {
    const sealed = cookieOf(request);
    const previous = sealed === null ? null : await this.seal.open(sealed);
    if (previous !== null) await this.sessions.end(previous);
  }
}
