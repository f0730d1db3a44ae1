import { Body, Controller, Delete, Get, Patch, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { AllowsInactive, CurrentUserId, SessionCookie } from '@waxwatch/auth';
import { Refuses, Returns } from '@waxwatch/platform/http';
import type { SettingsChange } from '@waxwatch/users';
import type { Request, Response } from 'express';
import {
  DeactivateAccountResponse,
  HardDeleteAccountResponse,
  LogoutResponse,
  UserProfileOut,
  UserProfileUpdate,
} from './profile.schema';
import { ProfileService } from './profile.service';

@ApiTags('profile')
@Controller('api/me')
export class ProfileController {
  constructor(
    private readonly profile: ProfileService,
    private readonly cookie: SessionCookie,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'get_me_api_me_get',
    summary: 'Get Me',
    description: 'The account with its preferences, and what is linked.',
  })
  @Returns(200, UserProfileOut)
  async get(@CurrentUserId() userId: string) {
    return await this.profile.get(userId);
  }

  @Patch()
  @ApiOperation({
    operationId: 'patch_me_api_me_patch',
    summary: 'Patch Me',
    description: 'Changes what is named. Null clears what may be empty, and otherwise leaves it as it is.',
  })
  @Returns(200, UserProfileOut)
  async change(@CurrentUserId() userId: string, @Body({ schema: UserProfileUpdate }) change: SettingsChange) {
    return await this.profile.change(userId, change);
  }

  @Post('logout')
  @ApiOperation({
    operationId: 'logout_me_api_me_logout_post',
    summary: 'Logout Me',
    description: 'Ends every sign-in of the user: sessions, and tokens issued until now, no longer count.',
  })
  @Returns(200, LogoutResponse)
  async logOut(
    @CurrentUserId() userId: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    const instant = await this.profile.logOut(userId);
    this.cookie.clear(request, response);
    const marker = { user_id: userId, logged_out_at: instant, invalidate_before: instant };
    return { success: true, signed_out: true, marker };
  }

  @Delete()
  @ApiOperation({
    operationId: 'deactivate_me_api_me_delete',
    summary: 'Deactivate Me',
    description: 'Switches the account and its rules off; `POST /api/me/reactivate` brings the account back.',
  })
  @Returns(200, DeactivateAccountResponse)
  async deactivate(
    @CurrentUserId() userId: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    const instant = await this.profile.deactivate(userId);
    this.cookie.clear(request, response);
    return { success: true, deactivated_at: instant };
  }

  @Post('reactivate')
  @AllowsInactive()
  @ApiOperation({
    operationId: 'reactivate_me_api_me_reactivate_post',
    summary: 'Reactivate Me',
    description: 'Brings a deactivated account back. Its rules stay off until they are enabled again.',
  })
  @Refuses(404, 'The account has been deleted')
  @Returns(200, UserProfileOut)
  async reactivate(@CurrentUserId() userId: string) {
    return await this.profile.reactivate(userId);
  }

  @Delete('hard-delete')
  @AllowsInactive()
  @ApiOperation({
    operationId: 'hard_delete_me_api_me_hard_delete_delete',
    summary: 'Hard Delete Me',
    description: 'Deletes the account and everything that belongs to it, for good.',
  })
  @Refuses(404, 'The account has been deleted')
  @Returns(200, HardDeleteAccountResponse)
  async delete(
    @CurrentUserId() userId: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    const instant = await this.profile.delete(userId);
    this.cookie.clear(request, response);
    return { success: true, deleted_at: instant };
  }
}
