import { Controller, Get, Header, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Public } from '@waxwatch/auth';
import { Refuses, wireText } from '@waxwatch/platform/http';
import { LinkActions } from './link-actions';

const token = wireText(1, 600);
const HTML = 'text/html; charset=utf-8';

const page = (text: string, button?: string): string =>
  `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex"><title>WaxWatch</title></head><body><p>${text}</p>${
    button === undefined ? '' : `<form method="post"><button type="submit">${button}</button></form>`
  }</body></html>`;

/** Links out of messages. Mail programs and scanners follow them by themselves, so that only POST does anything. */
@Public()
@ApiTags('links')
@Controller('api')
export class LinksController {
  constructor(private readonly links: LinkActions) {}

  @Get('unsubscribe/:token')
  @Header('content-type', HTML)
  @Header('cache-control', 'no-store')
  @ApiOperation({
    operationId: 'show_unsubscribe_api_unsubscribe__token__get',
    summary: 'Show Unsubscribe',
    description: 'For links in e-mails: a page that asks. Looking at it changes nothing.',
  })
  @ApiResponse({ status: 200, description: 'A page with a button; nothing has changed' })
  @Refuses(404, 'No link of ours')
  showUnsubscribe(@Param('token', { schema: token }) sealed: string): string {
    this.links.open(sealed, 'unsubscribe');
    return page('Do you want no more e-mails from WaxWatch?', 'Unsubscribe');
  }

  @Post('unsubscribe/:token')
  @HttpCode(200)
  @Header('content-type', HTML)
  @ApiOperation({
    operationId: 'unsubscribe_api_unsubscribe__token__post',
    summary: 'Unsubscribe',
    description:
      'One click in a mail program (RFC 8058), or the button of the page. Repeating it changes nothing.',
  })
  @ApiResponse({ status: 200, description: 'There will be no more e-mails' })
  @Refuses(404, 'No link of ours')
  async unsubscribe(@Param('token', { schema: token }) sealed: string): Promise<string> {
    await this.links.unsubscribe(sealed);
    return page('You get no more e-mails from WaxWatch. Your settings can turn them on again.');
  }

  @Get('mute/:token')
  @Header('content-type', HTML)
  @Header('cache-control', 'no-store')
  @ApiOperation({
    operationId: 'show_mute_api_mute__token__get',
    summary: 'Show Mute',
    description: 'For links in alerts: a page that asks. Looking at it changes nothing.',
  })
  @ApiResponse({ status: 200, description: 'A page with a button; nothing has changed' })
  @Refuses(404, 'No link of ours')
  showMute(@Param('token', { schema: token }) sealed: string): string {
    const action = this.links.open(sealed, 'mute', 'mute_seller');
    const what = action.do === 'mute_seller' ? 'seller' : action.listing === null ? 'alert' : 'copy';
    return page(`Do you want to hear no more of this ${what}?`, 'Mute');
  }

  @Post('mute/:token')
  @HttpCode(200)
  @Header('content-type', HTML)
  @ApiOperation({
    operationId: 'mute_by_link_api_mute__token__post',
    summary: 'Mute By Link',
    description:
      'For the button of that page: mutes the copy that the alert was about, or else its rule, or whoever sells it.',
  })
  @ApiResponse({ status: 200, description: 'Muted; it stands among the mutes of the account' })
  @Refuses(404, 'No link of ours, or nothing to mute any more')
  async mute(@Param('token', { schema: token }) sealed: string): Promise<string> {
    await this.links.mute(sealed);
    return page('Muted.');
  }
}
