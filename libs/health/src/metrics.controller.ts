import { Controller, Get, Headers, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '@waxwatch/auth';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Database } from '@waxwatch/platform/database';
import { AppError } from '@waxwatch/platform/errors';
import { Metrics } from '@waxwatch/platform/metrics';
import type { Response } from 'express';
import { createHash, timingSafeEqual } from 'node:crypto';
import { declareProcessMetrics, declareSharedMetrics } from './process-metrics';

/**
 * The Prometheus exposition of this process. With `METRICS_TOKEN` set it asks for that token; without one it is
 * open to whoever reaches the port, and the network must keep strangers out.
 */
@Public()
@ApiExcludeController()
@Controller('metrics')
export class MetricsController {
  constructor(
    @InjectConfig() private readonly config: Pick<AppConfig, 'METRICS_TOKEN'>,
    private readonly metrics: Metrics,
    database: Database,
  ) {
    declareProcessMetrics(metrics, database);
    declareSharedMetrics(metrics);
  }

  @Get()
  async render(
    @Headers('authorization') authorization: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<string> {
    this.checkToken(authorization);
    response.setHeader('content-type', this.metrics.contentType);
    return await this.metrics.render();
  }

  private checkToken(authorization: string | undefined): void {
    const wanted = this.config.METRICS_TOKEN;
    if (wanted === undefined) return;
    const given = /^bearer +(.+)$/i.exec(authorization ?? '')?.[1];
    if (given === undefined) throw new AppError('unauthenticated', 'missing bearer token');
    if (!isSame(given, wanted)) throw new AppError('unauthenticated', 'invalid bearer token');
  }
}

/** Compares digests, which have one length, in constant time. */
const isSame = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other));
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
