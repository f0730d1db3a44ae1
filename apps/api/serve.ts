import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { createApp, startOrExit } from '@waxwatch/platform/app';
import type { AppConfig } from '@waxwatch/platform/config';
import { runUntilSignal } from '@waxwatch/platform/lifecycle';
import { growWithTheWork } from '../lean-start';
import { ApiModule } from './api.module';
import { serveDocs } from './openapi';

/** Takes requests until SIGTERM. */
export function serve(config: AppConfig): void {
  startOrExit('api', async () => {
    const app = await createApp(ApiModule.forRoot(config));
    if (!config.isProductionLike || config.API_DOCS_ENABLED) serveDocs(app, config.APP_NAME);
    await app.listen(config.PORT, config.HOST);
    logDevRoutes(config);
    growWithTheWork();
    runUntilSignal(app, config.SHUTDOWN_DRAIN_SECONDS);
  });
}

function logDevRoutes({ environment, isProductionLike }: AppConfig): void {
  const event = isProductionLike ? 'dev_routes.disabled' : 'dev_routes.enabled';
  new Logger('app').log({ event, environment });
}
