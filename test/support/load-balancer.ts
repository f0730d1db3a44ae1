import {
  Agent,
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const PROBE_MS = 100;

interface Backend {
  url: string;
  isReady: boolean;
}

/**
 * What stands in front of the API where it is deployed: asks `/readyz` of each backend and takes turns among those
 * that say yes. It tries nothing twice, so whatever a backend loses is lost.
 */
export class LoadBalancer {
  private readonly backends: Backend[] = [];
  private readonly agent = new Agent({ keepAlive: true });
  private server: Server | undefined;
  private isStopped = false;
  private turn = 0;

  async start(): Promise<string> {
    const server = createServer((incoming, outgoing) => this.pass(incoming, outgoing));
    this.server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** A backend at this address, now or later; the balancer finds out when it is ready. */
  add(url: string): void {
    const backend = { url, isReady: false };
    this.backends.push(backend);
    void this.watch(backend);
  }

  get ready(): string[] {
    return this.backends.filter(({ isReady }) => isReady).map(({ url }) => url);
  }

  stop(): void {
    this.isStopped = true;
    this.server?.closeAllConnections();
    this.server?.close();
    this.agent.destroy();
  }

  private async watch(backend: Backend): Promise<void> {
    while (!this.isStopped) {
      backend.isReady = await fetch(`${backend.url}/readyz`, { signal: AbortSignal.timeout(2000) }).then(
        async (response) => {
          await response.arrayBuffer();
          return response.ok;
        },
        () => false,
      );
      await sleep(PROBE_MS);
    }
  }

  private pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { ready } = this;
    const target = ready[this.turn++ % Math.max(ready.length, 1)];
    if (target === undefined) {
      outgoing.writeHead(503).end('no backend is ready');
      return;
    }
    const { method, url, headers } = incoming;
    const passed = request(`${target}${url ?? '/'}`, { method, headers, agent: this.agent }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on('error', (error) => {
      if (!outgoing.headersSent) outgoing.writeHead(502);
      outgoing.end(String(error));
    });
    incoming.pipe(passed);
  }
}
