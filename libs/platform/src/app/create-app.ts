import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Logger } from 'nestjs-pino';
import { configureApp } from '../http/configure-app';
import { LeanExpressAdapter } from '../http/lean-express-adapter';

/** The application of a process, configured, but not listening yet. A failure is thrown, not logged. */
export async function createApp(module: DynamicModule): Promise<NestExpressApplication> {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest takes plain options
  const app = await NestFactory.create<NestExpressApplication>(module, new LeanExpressAdapter(), {
    bodyParser: false,
    abortOnError: false,
    // A hundred lines about routes and modules help nobody; a failure is said in one line by who calls this.
    logger: false,
  });
  app.useLogger(app.get(Logger));
  configureApp(app);
  return app;
}
