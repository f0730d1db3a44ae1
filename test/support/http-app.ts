import type { InjectionToken, ModuleMetadata } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { PlatformModule } from '@waxwatch/platform/app';
import { type AppConfig, parseConfig } from '@waxwatch/platform/config';
import { configureApp, LeanExpressAdapter } from '@waxwatch/platform/http';
import { ENTITIES } from '../../migrations/data-source';

export interface HttpApp {
  readonly app: NestExpressApplication;
  readonly url: string;
  readonly config: AppConfig;
  call: (method: string, path: string, options?: CallOptions) => Promise<Answer>;
  close: () => Promise<void>;
}

export interface CallOptions {
  token?: string | undefined;
  headers?: Record<string, string>;
  body?: unknown;
}

export interface Answer {
  status: number;
  headers: Headers;
  /** The parsed JSON body, or the text of another one. */
  body: unknown;
  /** `error.message` of an envelope. */
  message: string | undefined;
}

/** Something else in the place of a provider, such as a clock that a test sets. */
export interface Replacement {
  provide: InjectionToken;
  useValue: unknown;
}

/** The platform and some features, configured as both processes configure their app, on a loopback port. */
export async function startHttpApp(
  imports: NonNullable<ModuleMetadata['imports']>,
  env: Record<string, string>,
  { replaced = [], ...metadata }: Omit<ModuleMetadata, 'imports'> & { replaced?: Replacement[] } = {},
): Promise<HttpApp> {
  const config = parseConfig({
    ENVIRONMENT: 'test',
    LOG_LEVEL: 'silent',
    QUEUE_EAGER: 'true',
    // Tests change accounts behind the application's back and look at once.
    ACCOUNT_CACHE_MS: '0',
    RATE_LIMIT_ENABLED: 'false', // a test may ask as often as it likes, unless that is what it is about
    ...env,
  });
  const builder = Test.createTestingModule({
    // Entities name each other across features, so that none can be left out.
    imports: [
      PlatformModule.forRoot(config, 'waxwatch-test'),
      TypeOrmModule.forFeature(ENTITIES),
      ...imports,
    ],
    ...metadata,
  });
  for (const { provide, useValue } of replaced) builder.overrideProvider(provide).useValue(useValue);
  const module = await builder.compile();
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest takes plain options
  const app = module.createNestApplication<NestExpressApplication>(new LeanExpressAdapter(), {
    bodyParser: false,
    logger: false,
  });
  configureApp(app);
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  return {
    app,
    url,
    config,
    call: async (...args) => await call(url, ...args),
    close: async () => await app.close(),
  };
}

async function call(
  url: string,
  method: string,
  path: string,
  { token, headers = {}, body }: CallOptions = {},
): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    redirect: 'manual',
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  const parsed: unknown = isJson ? JSON.parse(text) : text;
  const { error } = (parsed ?? {}) as { error?: { message?: string } };
  return { status: response.status, headers: response.headers, body: parsed, message: error?.message };
}
