import { growWithTheWork } from '../lean-start';
import 'reflect-metadata';
import { createApp, startOrExit } from '@waxwatch/platform/app';
import { loadConfigOrExit } from '@waxwatch/platform/config';
import { runUntilSignal } from '@waxwatch/platform/lifecycle';
import { WorkerModule } from './worker.module';

startOrExit('worker', async () => {
  const config = loadConfigOrExit();
  const app = await createApp(WorkerModule.forRoot(config));
  await app.listen(config.WORKER_PORT, config.HOST);
  growWithTheWork();
  runUntilSignal(app, config.SHUTDOWN_DRAIN_SECONDS);
});
