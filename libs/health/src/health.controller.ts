import { Controller, Get, Logger } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '@waxwatch/auth';
import { AppError } from '@waxwatch/platform/errors';
import { Refuses, Returns } from '@waxwatch/platform/http';
import { Lifecycle } from '@waxwatch/platform/lifecycle';
import { type Check, DependencyProbes } from './dependency-probes';
import { HealthOut, ReadinessOut } from './health.schema';
import { Readiness } from './readiness';

@Public()
@ApiTags('health')
@Controller()
export class HealthController {
  private readonly logger = new Logger('health');

  constructor(
    private readonly probes: DependencyProbes,
    private readonly lifecycle: Lifecycle,
    private readonly readiness: Readiness,
  ) {}

  @Get('healthz')
  @ApiOperation({
    operationId: 'healthz_healthz_get',
    summary: 'Healthz',
    description: 'Whether the process runs. Touches nothing else.',
  })
  @Returns(200, HealthOut)
  alive() {
    return { status: 'ok' };
  }

  @Get('readyz')
  @ApiOperation({
    operationId: 'readyz_readyz_get',
    summary: 'Readyz',
    description: 'Whether the process can serve: whether what it needs answers within a second.',
  })
  @Refuses(503, 'Not ready; `details` says why')
  @Returns(200, ReadinessOut)
  async ready() {
    if (this.lifecycle.isDraining) throw notReady('the process is shutting down', {});
    const checks: Record<string, Check> = await this.probes.run();
    for (const gate of this.readiness.missing()) checks[gate] = { status: 'failed', reason: 'not ready yet' };
    const failed = Object.keys(checks).filter((name) => checks[name]?.status === 'failed');
    if (failed.length === 0) return { status: 'ready', checks };
    this.logger.error({ event: 'health.ready.dependency_failed', failed_checks: failed, checks });
    throw notReady('required dependency checks failed', checks);
  }
}

const notReady = (reason: string, checks: Record<string, Check>): AppError =>
  new AppError('unavailable', 'request failed', { details: { status: 'not_ready', reason, checks } });
