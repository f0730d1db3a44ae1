import { EBAY_CLIENT_ID, EBAY_CLIENT_SECRET, EbaySimulator } from '../simulators/ebay/ebay-simulator';
import { freePort } from './free-port';
import { type AppProcess, startAppProcess } from './processes';
import { TestIssuer } from './tokens';

export interface ClusterOptions {
  databaseUrl: string;
  redisUrl: string;
  redisPrefix: string;
  env?: Record<string, string>;
}

/**
 * WaxWatch as it is deployed: an API process and any number of worker processes, an identity provider, and eBay as
 * a simulator. Workers come and go as the test wants.
 */
export class Cluster {
  readonly workers: AppProcess[] = [];

  private constructor(
    readonly issuer: TestIssuer,
    readonly ebay: EbaySimulator,
    readonly apiUrl: string,
    readonly api: AppProcess,
    private readonly env: Record<string, string>,
  ) {}

  static async start(options: ClusterOptions): Promise<Cluster> {
    const issuer = await TestIssuer.start();
    const ebay = new EbaySimulator();
    const ebayUrl = await ebay.start();
    const env = {
      ENVIRONMENT: 'test',
      LOG_LEVEL: 'info',
      DATABASE_URL: options.databaseUrl,
      REDIS_URL: options.redisUrl,
      QUEUE_PREFIX: options.redisPrefix,
      FX_REFRESH_ENABLED: 'false',
      AUTH_ISSUER: issuer.issuer,
      AUTH_JWKS_URL: issuer.jwksUrl,
      EBAY_API_BASE_URL: ebayUrl,
      EBAY_CLIENT_ID,
      EBAY_CLIENT_SECRET,
      SCHEDULER_POLL_INTERVAL_SECONDS: '0.5',
      SCHEDULER_NEXT_RUN_JITTER_SECONDS: '0',
      SWEEP_INTERVAL_SECONDS: '1',
      POLL_LEASE_SECONDS: '6',
      DELIVERY_LEASE_SECONDS: '4',
      SHUTDOWN_DRAIN_SECONDS: '0',
      DB_POOL_SIZE: '5',
      RATE_LIMIT_ENABLED: 'false',
      ...options.env,
    };
    const port = await freePort();
    const apiUrl = `http://127.0.0.1:${port}`;
    const api = await startAppProcess({
      entry: 'apps/api/main',
      env: { ...env, HOST: '127.0.0.1', PORT: String(port) },
      readyUrl: `${apiUrl}/readyz`,
    });
    return new Cluster(issuer, ebay, apiUrl, api, env);
  }

  /** One more API process. Who starts it stops it. */
  async startApi(port: string): Promise<AppProcess> {
    return await startAppProcess({
      entry: 'apps/api/main',
      env: { ...this.env, HOST: '127.0.0.1', PORT: port },
      readyUrl: `http://127.0.0.1:${port}/readyz`,
    });
  }

  async startWorker(env: Record<string, string> = {}): Promise<AppProcess> {
    const port = await freePort();
    const worker = await startAppProcess({
      entry: 'apps/worker/main',
      env: { ...this.env, ...env, HOST: '127.0.0.1', WORKER_PORT: String(port) },
      readyUrl: `http://127.0.0.1:${port}/readyz`,
    });
    this.workers.push(worker);
    return worker;
  }

  /** SIGKILL, at whatever the worker is doing. */
  async killWorker(worker: AppProcess): Promise<void> {
    worker.kill('SIGKILL');
    await worker.ended;
  }

  /** One call of the public API with a bearer token; the body is JSON both ways. */
  async call<T>(token: string, method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.apiUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answers ${response.status}: ${text}`);
    return JSON.parse(text) as T;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.workers, this.api].map(async (process) => await process.stop()));
    await this.ebay.stop();
    await this.issuer.stop();
  }
}
