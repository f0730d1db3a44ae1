import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Controls } from '../control';
import { HttpSimulator, type Reply, type SimulatedRequest } from '../http-simulator';

export const SENTRY_KEY = 'a1b2c3d4e5f60718293a4b5c6d7e8f90'; // gitleaks:allow: opens nothing
const PROJECT = '42';
const PATH = `/api/${PROJECT}/envelope/`;

const itemHeader = z.looseObject({ type: z.string(), length: z.int().optional() });
const event = z.looseObject({
  event_id: z.string().regex(/^[0-9a-f]{32}$/),
  timestamp: z.number(),
  environment: z.string().optional(),
  release: z.string().optional(),
  tags: z.record(z.string(), z.string()).default({}),
  exception: z.object({ values: z.array(z.looseObject({ type: z.string(), value: z.string() })) }),
});
export type SentryEvent = z.infer<typeof event>;

/**
 * Where Sentry takes envelopes (https://develop.sentry.dev/sdk/data-model/envelopes/): lines of JSON, a header, then
 * a header and a payload for each item. A key that it does not know is refused, and so is what it cannot read.
 */
export class SentrySimulator extends HttpSimulator {
  readonly events: SentryEvent[] = [];

  /** What an application is given to report here. */
  get dsn(): string {
    return `${this.url.replace('://', `://${SENTRY_KEY}@`)}/${PROJECT}`;
  }

  protected override answer(request: SimulatedRequest): Reply {
    if (request.method !== 'POST' || request.path !== PATH)
      return { status: 404, body: { detail: 'not found' } };
    if (!isKnown(request)) return { status: 403, body: { detail: 'unknown key' } };
    const lines = request.body.split('\n');
    const { event_id: id = randomUUID().replaceAll('-', '') } = z
      .looseObject({ event_id: z.string().optional() })
      .parse(JSON.parse(lines.shift() ?? ''));
    while (lines.length >= 2) {
      const { type } = itemHeader.parse(JSON.parse(lines.shift() ?? ''));
      const payload = lines.shift() ?? '';
      if (type === 'event') this.events.push(event.parse(JSON.parse(payload)));
    }
    return { status: 200, body: { id } };
  }

  protected override decorate(reply: Reply): Reply {
    return reply;
  }

  protected override spoil(_kind: string, reply: Reply): Reply {
    return reply;
  }

  protected override clearData(): void {
    this.events.length = 0;
  }

  protected override controls(): Controls {
    return { 'GET events': () => this.events };
  }
}

function isKnown({ headers, query }: SimulatedRequest): boolean {
  const told = query.get('sentry_key') ?? /sentry_key=(\w+)/.exec(headers['x-sentry-auth'] ?? '')?.[1];
  return told === SENTRY_KEY;
}
