import { ApiError } from './api-error.js';
import { authorizationOf, type ClientOptions } from './client.js';
import { EventStreamReader, type ServerSentEvent } from './server-sent-events.js';

export interface Alert {
  notification_id: string;
  event_id: string;
  event_type: string;
  created_at: string;
}

/** An alert; or `reset`: some cannot be replayed, so read the list of notifications again. */
export type AlertMessage =
  { type: 'notification'; id: string; alert: Alert } | { type: 'reset'; id: string; reason: string };

export interface FollowOptions extends ClientOptions {
  /** Ends the stream. */
  signal?: AbortSignal;
  /** The id of the last message that was handled, to go on behind it. */
  lastEventId?: string;
  /** Told of every connection that is made, and of every one that is lost and why. */
  onConnection?: (state: 'open' | 'lost', error?: unknown) => void;
  /** The first wait after a break; doubles up to `maxDelayMs`. The server may ask for another. */
  minDelayMs?: number;
  maxDelayMs?: number;
  /** Without a byte for so long the connection is given up; the server sends one every ten seconds. */
  silenceMs?: number;
}

interface Progress {
  lastEventId: string | undefined;
  minDelayMs: number;
  failures: number;
}

/**
 * Alerts as they happen, across broken connections: each new one asks for what came after the last message.
 * @throws ApiError when the server refuses in a way that asking again cannot change
 */
export async function* followAlerts(options: FollowOptions): AsyncGenerator<AlertMessage, void> {
  const { lastEventId, minDelayMs = 1000, maxDelayMs = 30_000, onConnection } = options;
  const signal = options.signal ?? new AbortController().signal;
  const progress: Progress = { lastEventId, minDelayMs, failures: 0 };
  const isOver = () => signal.aborted;
  while (!isOver()) {
    let problem: unknown;
    try {
      yield* readOnce(options, signal, progress);
    } catch (error) {
      if (isOver()) return;
      if (error instanceof ApiError && isFinal(error.status)) throw error;
      problem = error;
    }
    if (isOver()) return;
    onConnection?.('lost', problem);
    const asked = problem instanceof ApiError ? (problem.retryAfterMs ?? 0) : 0;
    const delayMs = Math.min(progress.minDelayMs * 2 ** progress.failures, maxDelayMs);
    progress.failures += 1;
    await pause(Math.max(delayMs, asked) * (1 + Math.random() * 0.1), signal);
  }
}

const isFinal = (status: number): boolean =>
  status >= 400 && status < 500 && status !== 408 && status !== 429;

/** One connection, until it ends. */
async function* readOnce(
  options: FollowOptions,
  signal: AbortSignal,
  progress: Progress,
): AsyncGenerator<AlertMessage, void> {
  const connection = new AbortController();
  const abort = () => connection.abort(signal.reason);
  signal.addEventListener('abort', abort);
  const silence = new Silence(connection, options.silenceMs ?? 35_000);
  try {
    const body = await connect(options, connection.signal, progress.lastEventId);
    progress.failures = 0;
    options.onConnection?.('open');
    const reader = new EventStreamReader();
    const decoder = new TextDecoder();
    for await (const chunk of chunksOf(body)) {
      silence.broken();
      yield* messagesOf(reader.read(decoder.decode(chunk, { stream: true })), progress);
    }
  } finally {
    silence.end();
    signal.removeEventListener('abort', abort);
    connection.abort();
  }
}

function* messagesOf(events: readonly ServerSentEvent[], progress: Progress): Generator<AlertMessage, void> {
  for (const event of events) {
    progress.minDelayMs = event.retryMs ?? progress.minDelayMs;
    progress.lastEventId = event.id ?? progress.lastEventId;
    const message = toMessage(event);
    if (message) yield message;
  }
}

async function connect(
  options: FollowOptions,
  signal: AbortSignal,
  lastEventId: string | undefined,
): Promise<ReadableStream<Uint8Array>> {
  const authorization = await authorizationOf(options);
  const response = await (options.fetch ?? fetch)(`${options.baseUrl.replace(/\/$/, '')}/api/stream/events`, {
    headers: {
      accept: 'text/event-stream',
      ...(authorization === null ? {} : { authorization }),
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
    credentials: 'include',
    signal,
  });
  if (!response.ok) throw await ApiError.of(response);
  if (!response.body) throw new Error('the event stream has no body');
  return response.body;
}

/** Not every browser iterates over streams by itself. */
async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

function toMessage({ event, data, id = '' }: ServerSentEvent): AlertMessage | null {
  if (data === '') return null;
  if (event === 'notification') return { type: event, id, alert: JSON.parse(data) as Alert };
  if (event === 'reset') return { type: event, id, reason: (JSON.parse(data) as { reason: string }).reason };
  return null;
}

/** Gives a connection up that has been silent for too long. */
class Silence {
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly connection: AbortController,
    private readonly limitMs: number,
  ) {
    this.broken();
  }

  broken(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(
      () => this.connection.abort(new Error('the event stream fell silent')),
      this.limitMs,
    );
  }

  end(): void {
    clearTimeout(this.timer);
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
