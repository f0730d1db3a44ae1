import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runControl, type Controls } from './control';
import { FaultList, HTML_PAGE, type Fault, type FaultInput } from './faults';
import { sendReply } from './send-reply';
import { SimulatorClock } from './simulator-clock';

export interface SimulatedRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Record<string, string | undefined>;
  body: string;
  /** The same as it came, for what is no text. */
  bytes: Buffer;
  remoteAddress: string;
}

export interface Reply {
  status: number;
  headers?: Record<string, string>;
  /** Sent as JSON, strings as they are. */
  body: unknown;
  contentType?: string;
}

/** One request as it arrived, with the status that it got; null when it got none. */
export interface JournalEntry {
  at: string;
  method: string;
  path: string;
  query: Record<string, string>;
  headers: Record<string, string | undefined>;
  body: string;
  status: number | null;
  fault: string | null;
}

const CONTROL_PREFIX = '/__control/';
const MAX_JOURNAL = 10_000;

/**
 * A provider on a loopback port. Subclasses answer requests; this class listens, keeps the journal, injects faults
 * and offers the same controls as methods and over HTTP under `/__control/`.
 */
export abstract class HttpSimulator {
  readonly clock = new SimulatorClock();
  readonly faults = new FaultList();
  readonly journal: JournalEntry[] = [];
  private server: Server | null = null;

  /** Answers a request as the provider would. */
  protected abstract answer(request: SimulatedRequest): Reply;

  /** What the provider puts on every answer, errors included. */
  protected abstract decorate(reply: Reply, request: SimulatedRequest): Reply;

  /** Applies a content fault to a good answer. */
  protected abstract spoil(kind: 'empty_page' | 'duplicate_rows' | 'malformed_items', reply: Reply): Reply;

  /** The provider's own controls, by name. */
  protected abstract controls(): Controls;

  /** Forgets all data; the clock, faults and journal are reset by `reset`. */
  protected abstract clearData(): void;

  /** Starts listening and gives the base URL. Port 0 means any free one. */
  async start(port = 0, host = '127.0.0.1'): Promise<string> {
    const server = createServer((message, response) => void this.serve(message, response));
    this.server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
    return this.url;
  }

  get url(): string {
    const address: AddressInfo | string | null | undefined = this.server?.address();
    if (!address || typeof address === 'string') throw new Error('simulator is not running');
    return `http://${address.address}:${address.port}`;
  }

  /** Stops, ending open connections, hanging ones too. */
  async stop(): Promise<void> {
    const server = this.server;
    this.server = null;
    if (!server) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  inject(fault: FaultInput): void {
    this.faults.inject(fault);
  }

  /** Requests so far whose path starts so. */
  requests(pathPrefix = '/'): JournalEntry[] {
    return this.journal.filter(({ path }) => path.startsWith(pathPrefix));
  }

  /** Back to an empty provider in real time. */
  reset(): void {
    this.faults.clear();
    this.journal.length = 0;
    this.clock.reset();
    this.clearData();
  }

  private async serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => undefined);
    const request = await readRequest(message);
    if (request.path.startsWith(CONTROL_PREFIX)) {
      const name = request.path.slice(CONTROL_PREFIX.length);
      await sendReply(response, request, runControl(this, name, request, this.controls()), null);
      return;
    }
    const fault = this.faults.next(request.path);
    const entry = this.note(request, fault);
    const reply = this.replyTo(request, fault);
    if (!reply) {
      if (fault?.kind === 'reset') message.socket.resetAndDestroy();
      return;
    }
    entry.status = reply.status;
    await sendReply(response, request, reply, fault);
  }

  private note(request: SimulatedRequest, fault: Fault | null): JournalEntry {
    const entry: JournalEntry = {
      at: this.clock.now().toISOString(),
      method: request.method,
      path: request.path,
      query: Object.fromEntries(request.query),
      headers: request.headers,
      body: request.body,
      status: null,
      fault: fault?.kind ?? null,
    };
    this.journal.push(entry);
    if (this.journal.length > MAX_JOURNAL) this.journal.shift();
    return entry;
  }

  private replyTo(request: SimulatedRequest, fault: Fault | null): Reply | null {
    switch (fault?.kind) {
      case 'hang':
      case 'reset':
        return null;
      case 'status': {
        const wait: Record<string, string> =
          fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter };
        const body = fault.body ?? { message: `injected ${fault.status}` };
        return this.decorate({ status: fault.status, headers: { ...fault.headers, ...wait }, body }, request);
      }
      case 'html':
        return this.decorate(
          { status: fault.status, body: HTML_PAGE, contentType: fault.contentType },
          request,
        );
      case 'content_type':
        return { ...this.decorate(this.safely(request), request), contentType: fault.contentType };
      case 'redirect':
        return this.decorate({ status: 302, headers: { location: fault.location }, body: '' }, request);
      case 'empty_body':
        return this.decorate({ status: 200, body: '' }, request);
      case 'empty_page':
      case 'duplicate_rows':
      case 'malformed_items':
        return this.decorate(this.spoil(fault.kind, this.safely(request)), request);
      default:
        return this.decorate(this.safely(request), request);
    }
  }

  private safely(request: SimulatedRequest): Reply {
    try {
      return this.answer(request);
    } catch (error) {
      return { status: 500, body: { message: `simulator error: ${String(error)}` } };
    }
  }
}

async function readRequest(message: IncomingMessage): Promise<SimulatedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(Buffer.from(chunk as Uint8Array));
  const url = new URL(message.url ?? '/', 'http://simulator');
  return {
    method: message.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: Object.fromEntries(
      Object.entries(message.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : value,
      ]),
    ),
    body: Buffer.concat(chunks).toString('utf8'),
    bytes: Buffer.concat(chunks),
    remoteAddress: message.socket.remoteAddress ?? 'unknown',
  };
}
