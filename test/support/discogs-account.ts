import { Test, type TestingModule } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule, LocalIssuer } from '@waxwatch/auth';
import {
  DiscogsAccountApiModule,
  DiscogsAccountWorkerModule,
  DiscogsSync,
  ImportRunner,
} from '@waxwatch/discogs-account';
import { PlatformModule } from '@waxwatch/platform/app';
import { parseConfig } from '@waxwatch/platform/config';
import { QueueWorkerModule, Ticker } from '@waxwatch/platform/queue';
import { ENTITIES } from '../../migrations/data-source';
import { Database } from '@waxwatch/platform/database';
import { DISCOGS_KEYS, DiscogsSimulator } from '../simulators/discogs/discogs-simulator';
import { aCollector, type Collector } from './collector';
import { type HttpApp, startHttpApp } from './http-app';

export const REDIRECT_URI = 'https://app.example/integrations/discogs/callback';
export const LOCAL_KEYS = `first=${Buffer.alloc(32, 1).toString('base64')}`;

/** The environment in which accounts at a simulated Discogs can be linked. */
export const linkingEnv = (discogsUrl: string): Record<string, string> => ({
  DISCOGS_API_BASE_URL: discogsUrl,
  DISCOGS_USER_AGENT: 'WaxWatchTest/1.0 +https://waxwatch.example',
  DISCOGS_TOKEN: DISCOGS_KEYS.token,
  DISCOGS_OAUTH_CLIENT_ID: DISCOGS_KEYS.consumerKey,
  DISCOGS_OAUTH_CLIENT_SECRET: DISCOGS_KEYS.consumerSecret,
  DISCOGS_OAUTH_REDIRECT_URI: REDIRECT_URI,
  DISCOGS_MAX_ATTEMPTS: '1',
  DISCOGS_TIMEOUT_SECONDS: '2',
  DISCOGS_BUDGET_PER_MINUTE: '5000',
  TOKEN_CRYPTO_LOCAL_KEY: LOCAL_KEYS,
});

/** The API of linked accounts in front of a simulated Discogs. */
export class DiscogsAccountProbe {
  private constructor(
    readonly discogs: DiscogsSimulator,
    readonly issuer: LocalIssuer,
    readonly http: HttpApp,
    readonly db: Database,
  ) {}

  static async start(databaseUrl: string, env: Record<string, string> = {}): Promise<DiscogsAccountProbe> {
    const issuer = new LocalIssuer({ environment: 'test' });
    await issuer.start();
    const discogs = new DiscogsSimulator();
    const discogsUrl = await discogs.start();
    const http = await startHttpApp([AuthModule, DiscogsAccountApiModule], {
      DATABASE_URL: databaseUrl,
      AUTH_ISSUER: issuer.issuer,
      ...linkingEnv(discogsUrl),
      ...env,
    });
    return new DiscogsAccountProbe(discogs, issuer, http, http.app.get(Database));
  }

  /** A new user of WaxWatch. */
  async user(): Promise<Collector> {
    const user = aCollector(this.http, this.issuer);
    await user.call('GET', '/api/integrations/discogs/status');
    return user;
  }

  /** A worker process without its timers: it imports when the test says so. */
  async startWorker(env: Record<string, string> = {}): Promise<ImportWorker> {
    const config = parseConfig({
      ENVIRONMENT: 'test',
      LOG_LEVEL: 'silent',
      QUEUE_EAGER: 'true',
      DATABASE_URL: this.http.config.DATABASE_URL,
      AUTH_ISSUER: this.issuer.issuer,
      ...linkingEnv(this.discogs.url),
      IMPORT_PAGE_SIZE: '2',
      ...env,
    });
    const module = await Test.createTestingModule({
      imports: [
        PlatformModule.forRoot(config, 'waxwatch-test'),
        TypeOrmModule.forFeature(ENTITIES),
        QueueWorkerModule,
        DiscogsAccountWorkerModule,
      ],
    })
      .overrideProvider(Ticker)
      .useValue({ every: () => undefined })
      .compile();
    module.useLogger(false);
    await module.init();
    return { module, imports: module.get(ImportRunner), sync: module.get(DiscogsSync) };
  }

  /** Forgets everything that a test has done to the simulated Discogs and to its provider rows here. */
  async reset(): Promise<void> {
    this.discogs.reset();
    this.discogs.limits.authenticatedLimit = 100_000;
    this.discogs.limits.anonymousLimit = 100_000;
    await this.db.rows('DELETE FROM provider_pauses');
  }

  async close(): Promise<void> {
    await this.http.close();
    await this.discogs.stop();
    await this.issuer.stop();
  }
}

export interface ImportWorker {
  readonly module: TestingModule;
  readonly imports: ImportRunner;
  readonly sync: DiscogsSync;
}

/** `oauth_token` of the address that a user is sent to. */
export function requestTokenOf(body: unknown): string {
  const { authorize_url: url } = body as { authorize_url: string };
  return new URL(url).searchParams.get('oauth_token') ?? '';
}
