import { growWithTheWork } from '../lean-start';
import 'reflect-metadata';
import { createApp, startOrExit } from '@waxwatch/platform/app';
import { loadConfigOrExit } from '@waxwatch/platform/config';
import { runUntilSignal } from '@waxwatch/platform/lifecycle';
import { ApiModule } from './api.module';
import { serveDocs } from './openapi';

startOrExit('api', async () => {
  const config = loadConfigOrExit();
  const app = await createApp(ApiModule.forRoot(config));
  if (!config.isProductionLike || config.API_DOCS_ENABLED) serveDocs(app, config.APP_NAME);
  await app.listen(config.PORT, config.HOST);
  growWithTheWork();
  runUntilSignal(app, config.SHUTDOWN_DRAIN_SECONDS);
});
