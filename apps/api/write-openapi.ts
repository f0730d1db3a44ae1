import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { startOrExit } from '@waxwatch/platform/app';
import { parseConfig } from '@waxwatch/platform/config';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ApiModule } from './api.module';
import { buildOpenApi } from './openapi';

/** Routes depend on it, connections do not: in preview mode no provider is made. */
const CONFIG = {
  ENVIRONMENT: 'production',
  DATABASE_URL: 'postgresql://nobody@localhost/nothing',
  REDIS_URL: 'redis://localhost',
  AUTH_ISSUER: 'https://issuer.example',
};

/** Writes the OpenAPI document of production to the file named on the command line, or to `docs/openapi.json`. */
startOrExit('openapi', async () => {
  const config = parseConfig(CONFIG);
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest takes plain options
  const app = await NestFactory.create(ApiModule.forRoot(config), {
    preview: true,
    logger: false,
    abortOnError: false, // else Nest ends the process without a word
  });
  const file = resolve(process.argv[2] ?? 'docs/openapi.json');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(buildOpenApi(app, config.APP_NAME), null, 2)}\n`);
});
