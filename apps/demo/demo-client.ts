/** Calls the demo's API over HTTP, as anybody's client would. */
export class DemoClient {
  constructor(
    readonly url: string,
    readonly token: string,
  ) {}

  /** The parsed answer. @throws Error when the service refuses */
  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answers ${response.status}: ${text}`);
    return JSON.parse(text) as T;
  }

  /** The live stream, from `lastEventId` on if there is one. */
  async openStream(signal: AbortSignal, lastEventId: string | null): Promise<Response> {
    return await fetch(`${this.url}/api/stream/events`, {
      signal,
      headers: {
        authorization: `Bearer ${this.token}`,
        accept: 'text/event-stream',
        ...(lastEventId === null ? {} : { 'last-event-id': lastEventId }),
      },
    });
  }
}
