import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';

export interface StreamEvent {
  event: string;
  id: string | undefined;
  data: string;
}

export interface StreamOptions {
  token?: string;
  /** The whole `Cookie` header. */
  cookie?: string;
  lastEventId?: string;
  path?: string;
}

/** A client of the event stream that keeps everything it was sent. */
export class StreamClient {
  readonly events: StreamEvent[] = [];
  readonly comments: string[] = [];
  readonly retries: number[] = [];
  text = '';
  /** The last id sent, with an event or without: what a browser would come back with. */
  lastId: string | undefined;
  hasEnded = false;
  private unparsed = '';

  private constructor(private readonly response: IncomingMessage) {
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => this.take(chunk));
    response.on('end', () => (this.hasEnded = true));
    response.on('error', () => (this.hasEnded = true));
    response.on('close', () => (this.hasEnded = true));
  }

  /** Resolves with the head of the response, whatever its status. */
  static async open(
    baseUrl: string,
    { token, cookie, lastEventId, path }: StreamOptions,
  ): Promise<StreamClient> {
    const headers: Record<string, string> = {};
    if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
    if (cookie !== undefined) headers['cookie'] = cookie;
    if (lastEventId !== undefined) headers['last-event-id'] = lastEventId;
    return await new Promise((resolve, reject) => {
      const outgoing = request(`${baseUrl}${path ?? '/api/stream/events'}`, { headers, agent: false });
      outgoing.once('response', (response) => resolve(new StreamClient(response)));
      outgoing.once('error', reject);
      outgoing.end();
    });
  }

  get status(): number {
    return this.response.statusCode ?? 0;
  }

  get headers(): IncomingHttpHeaders {
    return this.response.headers;
  }

  /** Ids of the notifications received, in order. */
  get ids(): number[] {
    return this.events.flatMap(({ event, id }) => (event === 'notification' ? [Number(id)] : []));
  }

  get resets(): StreamEvent[] {
    return this.events.filter(({ event }) => event === 'reset');
  }

  /** Stops reading, as a client does that has hung itself up. */
  stall(): void {
    this.response.pause();
  }

  close(): void {
    this.response.destroy();
  }

  private take(chunk: string): void {
    this.text += chunk;
    const blocks = (this.unparsed + chunk).split('\n\n');
    this.unparsed = blocks.pop() ?? '';
    for (const block of blocks) this.read(block);
  }

  private read(block: string): void {
    const event: StreamEvent = { event: 'message', id: undefined, data: '' };
    for (const line of block.split('\n')) {
      if (line.startsWith(':')) this.comments.push(line.slice(1).trim());
      else if (line.startsWith('retry: ')) this.retries.push(Number(line.slice(7)));
      else if (line.startsWith('id: ')) event.id = line.slice(4);
      else if (line.startsWith('event: ')) event.event = line.slice(7);
      else if (line.startsWith('data: ')) event.data += line.slice(6);
    }
    this.lastId = event.id ?? this.lastId;
    if (event.data !== '') this.events.push(event);
  }
}
