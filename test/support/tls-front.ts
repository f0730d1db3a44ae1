import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request as forward, type ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/**
 * TLS in front of loopback servers, for processes that take https only. Whoever is to trust it gets the certificate
 * through `NODE_EXTRA_CA_CERTS`.
 */
export class TlsFront {
  private readonly servers: Server[] = [];

  private constructor(
    private readonly folder: string,
    private readonly key: string,
    private readonly cert: string,
  ) {}

  static async start(): Promise<TlsFront> {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
      keyType: 'ec',
      algorithm: 'sha256',
      extensions: [
        { name: 'basicConstraints', cA: true },
        { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
      ],
    });
    const folder = await mkdtemp(join(tmpdir(), 'waxwatch-tls-'));
    await writeFile(join(folder, 'ca.pem'), cert);
    return new TlsFront(folder, key, cert);
  }

  /** The file for `NODE_EXTRA_CA_CERTS`. */
  get certificateFile(): string {
    return join(this.folder, 'ca.pem');
  }

  /** An https URL whose requests go to `target`, path and all. */
  async before(target: string): Promise<string> {
    const { hostname, port, pathname } = new URL(target);
    const server = createServer({ key: this.key, cert: this.cert }, (incoming, outgoing) =>
      pass(incoming, outgoing, { hostname, port }),
    );
    this.servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const path = pathname === '/' ? '' : pathname;
    return `https://localhost:${(server.address() as AddressInfo).port}${path}`;
  }

  async stop(): Promise<void> {
    for (const server of this.servers) {
      server.closeAllConnections();
      server.close();
    }
    await rm(this.folder, { recursive: true });
  }
}

function pass(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  target: { hostname: string; port: string },
): void {
  const { method, url, headers } = incoming;
  const passed = forward({ ...target, method, path: url, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  passed.on('error', () => outgoing.destroy());
  incoming.pipe(passed);
}
