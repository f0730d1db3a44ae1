import { Controller, Get, Inject, Logger, Optional, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '@waxwatch/auth';
import { AppError } from '@waxwatch/platform/errors';
import { Returns } from '@waxwatch/platform/http';
import type { Response } from 'express';
import { z } from 'zod';
import { DEMO_SIGN_IN, type DemoSignIn } from './demo-sign-in';
import { readPublicFiles } from './public-files';

const PlaygroundSettings = z.object({ demo_sign_in: z.object({ path: z.string() }).nullable() });

/** A page to try the service with. It has no rights of its own: everything it shows comes through the API. */
@ApiExcludeController()
@Public()
@Controller()
export class PlaygroundController {
  private readonly files = readPublicFiles();

  constructor(@Optional() @Inject(DEMO_SIGN_IN) private readonly demo: DemoSignIn | undefined) {
    if (this.files.size === 0) new Logger('playground').warn({ event: 'playground.files_missing' });
  }

  @Get()
  page(@Res() response: Response): void {
    this.send('page.html', response);
  }

  @Get('playground/settings')
  @Returns(200, PlaygroundSettings)
  settings(): z.input<typeof PlaygroundSettings> {
    return { demo_sign_in: this.demo ? { path: this.demo.path } : null };
  }

  @Get('playground/:file')
  file(@Param('file', { schema: z.string() }) name: string, @Res() response: Response): void {
    this.send(name, response);
  }

  private send(name: string, response: Response): void {
    const file = this.files.get(name);
    if (!file) throw new AppError('not_found', 'Not Found');
    response.setHeader('Content-Type', file.type);
    response.setHeader('Cache-Control', 'no-cache');
    response.status(200).send(file.body);
  }
}
