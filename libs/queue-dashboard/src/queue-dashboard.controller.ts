import { All, Controller, Logger, Next, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { AdminOnly, CurrentUserId } from '@waxwatch/auth';
import { type BoardHandler, QueueBoard } from '@waxwatch/platform/queue';
import type { NextFunction, Request, Response } from 'express';

const PATH = 'admin/queues';
const BASE = `/${PATH}`;
const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

/** Nothing from elsewhere, and in nobody's frame; the pages style themselves, also by attributes. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Hands requests of administrators to bull-board. A session cookie lets browsers in, and counts for changes only from
 * pages of ours, as everywhere else.
 */
@ApiExcludeController()
@AdminOnly()
@Controller(PATH)
export class QueueDashboardController {
  private readonly logger = new Logger('queue-dashboard');
  private opened: Promise<BoardHandler> | undefined;

  constructor(private readonly board: QueueBoard) {}

  @All(['', '*path'])
  async show(
    @CurrentUserId() userId: string,
    @Req() request: Request,
    @Res() response: Response,
    @Next() next: NextFunction,
  ): Promise<void> {
    this.opened ??= this.board.open(BASE);
    const handle = await this.opened;
    const path = request.path.slice(BASE.length);
    if (!SAFE_METHODS.includes(request.method)) {
      this.logger.log({ event: 'queue_dashboard.action', user_id: userId, method: request.method, path });
    }
    response.setHeader('Content-Security-Policy', CONTENT_SECURITY_POLICY);
    response.setHeader('Cache-Control', 'no-store');
    keepRoute(request, response);
    request.url = request.url.slice(BASE.length) || '/';
    handle(request, response, next);
  }
}

/** bull-board has a router of its own; log and metrics know the request by our route. */
function keepRoute(request: Request, response: Response): void {
  const route: unknown = request.route;
  response.prependOnceListener('close', () => {
    request.route = route;
  });
}
