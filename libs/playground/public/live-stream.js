const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 30_000;

/**
 * Follows the event stream with an Authorization header, which EventSource cannot send. It connects again by
 * itself and asks for what it missed; a refused token ends it.
 */
export class LiveStream {
  constructor(api, { onNotification, onState, onRefused }) {
    this.api = api;
    this.handlers = { onNotification, onState, onRefused };
    this.lastId = null;
    this.attempt = 0;
    this.controller = new AbortController();
  }

  start() {
    void this.run();
  }

  stop() {
    this.controller.abort();
  }

  async run() {
    const { signal } = this.controller;
    while (!signal.aborted) {
      this.handlers.onState('connecting');
      const isRefused = await this.connect(signal).catch(() => false);
      if (signal.aborted) return;
      if (isRefused) {
        this.handlers.onRefused();
        return;
      }
      this.handlers.onState('waiting');
      await pause(this.nextDelay(), signal);
    }
  }

  /** Reads one connection to its end; true when the service does not accept the token. */
  async connect(signal) {
    const headers = { Accept: 'text/event-stream', ...this.api.headers() };
    if (this.lastId !== null) headers['Last-Event-ID'] = this.lastId;
    const response = await fetch('/api/stream/events', {
      headers,
      signal,
      credentials: 'omit',
      cache: 'no-store',
    });
    if (response.status === 401 || response.status === 403) return true;
    if (!response.ok || !response.body) return false;
    this.attempt = 0;
    this.handlers.onState('live');
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let buffer = '';
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return false;
      buffer = this.takeFrames(buffer + value.replaceAll('\r\n', '\n'));
    }
  }

  /** Handles every whole frame and returns what is left of the text. */
  takeFrames(text) {
    const frames = text.split('\n\n');
    const rest = frames.pop() ?? '';
    for (const frame of frames) this.take(frame);
    return rest;
  }

  take(frame) {
    const fields = { event: 'message', data: [] };
    for (const line of frame.split('\n')) {
      const [, name, value] = /^([a-z]+): ?(.*)$/.exec(line) ?? [];
      if (name === 'data') fields.data.push(value);
      else if (name === 'event' || name === 'id') fields[name] = value;
    }
    if (fields.id) this.lastId = fields.id;
    if (fields.event !== 'notification') return;
    try {
      this.handlers.onNotification(JSON.parse(fields.data.join('\n')));
    } catch {
      // A frame that cannot be read is not worth the connection.
    }
  }

  nextDelay() {
    const delay = Math.min(FIRST_DELAY_MS * 2 ** this.attempt, LONGEST_DELAY_MS);
    this.attempt += 1;
    return delay + Math.random() * 300;
  }
}

function pause(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
