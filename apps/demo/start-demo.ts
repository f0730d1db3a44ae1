import type { NestExpressApplication } from '@nestjs/platform-express';
import { LocalAccounts, LocalIssuer } from '@waxwatch/auth';
import { createApp } from '@waxwatch/platform/app';
import {
  type EmbeddedPostgres,
  EmbeddedPostgresError,
  startEmbeddedPostgres,
} from '@waxwatch/platform/embedded-postgres';
import { Lifecycle } from '@waxwatch/platform/lifecycle';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { migrate } from '../../migrations/migrate';
import { serveDocs } from '../api/openapi';
import { DemoClient } from './demo-client';
import { DEMO_COLLECTOR, DEMO_PASSWORD, TOKEN_SECONDS } from './demo-collector';
import { demoAddress, demoConfig, demoSources, type Environment, refuseProduction } from './demo-config';
import { DemoError } from './demo-error';
import { DemoModule } from './demo.module';
import { type AlertEvent, AlertFollower } from './follow-alerts';
import { seed } from './seed';

export interface DemoOptions {
  env: Environment;
  /** A database to use instead of one of the demo's own. */
  databaseUrl?: string;
  /** Where the demo's own database lies. */
  dataDir: string;
  onAlert: (alert: AlertEvent) => void;
  /** What is being done, for whoever waits. */
  onStep: (step: string) => void;
}

export interface RunningDemo {
  app: NestExpressApplication;
  url: string;
  /** The demo collector's access token. */
  token: string;
  /** The newest of the collector's rules. */
  ruleId: string | undefined;
  /** Ends what the application does not own; to be called once it is closed. */
  release: () => Promise<void>;
}

/** Brings up the whole of WaxWatch in this process, with a market that never sleeps and a collector who watches it. */
export async function startDemo(options: DemoOptions): Promise<RunningDemo> {
  const { env, onStep } = options;
  refuseProduction(env);
  demoSources(env);
  await expectFreePort(demoAddress(env));
  const issuer = new LocalIssuer({ environment: env.ENVIRONMENT?.trim() ? env.ENVIRONMENT.trim() : 'local' });
  await issuer.start();
  let postgres: EmbeddedPostgres | undefined;
  const release = async (): Promise<void> => {
    await issuer.stop();
    await postgres?.stop();
  };
  try {
    // Mistakes in the settings are told before anybody waits for a database.
    demoConfig(env, { databaseUrl: 'postgres://localhost/waxwatch', issuer: issuer.issuer });
    if (options.databaseUrl === undefined) {
      onStep('starting PostgreSQL');
      postgres = await startPostgres(options.dataDir);
    }
    const databaseUrl = options.databaseUrl ?? postgres?.url ?? '';
    await bringUpSchema(databaseUrl, options);
    onStep('starting WaxWatch');
    return { ...(await startApp(databaseUrl, issuer, options)), release };
  } catch (error) {
    await release();
    throw error;
  }
}

async function startApp(
  databaseUrl: string,
  issuer: LocalIssuer,
  { env, onAlert, onStep }: DemoOptions,
): Promise<Omit<RunningDemo, 'release'>> {
  const config = demoConfig(env, { databaseUrl, issuer: issuer.issuer });
  const app = await createApp(DemoModule.forRoot(config, issuer));
  try {
    serveDocs(app, config.APP_NAME);
    await app.listen(config.PORT, config.HOST);
    const url = reachable(await app.getUrl());
    const token = issuer.issueToken(DEMO_COLLECTOR, { expiresIn: TOKEN_SECONDS, alg: 'ES256' });
    const client = new DemoClient(url, token);
    const follower = new AlertFollower(client, onAlert);
    app
      .get(Lifecycle, { strict: false })
      .onDrain('streams', 'demo terminal', async () => await follower.stop());
    await follower.start();
    onStep('making rules for the demo collector');
    const [rule] = await seed(client, demoSources(env));
    await app.get(LocalAccounts, { strict: false }).setPassword(DEMO_COLLECTOR.email, DEMO_PASSWORD);
    return { app, url, token, ruleId: rule?.id };
  } catch (error) {
    await app.close();
    throw error;
  }
}

async function startPostgres(dataDir: string): Promise<EmbeddedPostgres> {
  try {
    return await startEmbeddedPostgres({ dataDir, database: 'waxwatch', persistent: true });
  } catch (error) {
    if (error instanceof EmbeddedPostgresError) throw new DemoError(error.message, { cause: error });
    throw error;
  }
}

async function bringUpSchema(databaseUrl: string, { dataDir }: DemoOptions): Promise<void> {
  try {
    await migrate(databaseUrl);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DemoError(
      `the data in ${dataDir} does not fit this release (${reason}): move the folder away or delete it`,
      { cause: error },
    );
  }
}

/** Asked first, so that nobody waits for a database only to hear that the port is taken. */
async function expectFreePort({ host, port }: { host: string; port: number }): Promise<void> {
  const probe = createServer();
  try {
    probe.listen(port, host);
    await once(probe, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === 'EADDRINUSE' ? 'is in use' : `cannot be opened (${code ?? String(error)})`;
    throw new DemoError(`port ${port} on ${host} ${reason}: choose another one with DEMO_PORT=8080`, {
      cause: error,
    });
  }
  probe.close();
  await once(probe, 'close');
}

/** An address to click on: every interface is also this one. */
const reachable = (url: string): string =>
  url.replace('[::1]', '127.0.0.1').replace('[::]', '127.0.0.1').replace('0.0.0.0', '127.0.0.1');
