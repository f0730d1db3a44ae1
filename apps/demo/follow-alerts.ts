import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { DemoClient } from './demo-client';

const RECONNECT_MS = 1000;
const GATHER_MS = 200;

const alertEvent = z.object({
  id: z.string(),
  type: z.enum(['NEW_MATCH', 'LISTING_PRICE_DROP']),
  created_at: z.string(),
  rule_id: z.string().nullable(),
  payload: z.object({
    rule_name: z.string().optional(),
    watch_release_title: z.string().optional(),
    listing_title: z.string(),
    price: z.number(),
    old_price: z.number().nullish(),
    currency: z.string(),
    shipping_price: z.number().nullish(),
    condition: z.string().nullish(),
    seller: z.string().nullish(),
    location: z.string().nullish(),
    provider: z.string(),
    matched: z
      .object({
        keywords: z.array(z.string()).optional(),
        match_mode: z.string().optional(),
        price_limit: z.number().optional(),
        currency: z.string().optional(),
        min_condition: z.string().optional(),
      })
      .optional(),
  }),
});
export type AlertEvent = z.infer<typeof alertEvent>;

/** Follows the live stream and hands over each alert once, oldest first, until it is stopped. */
export class AlertFollower {
  private readonly controller = new AbortController();
  private readonly seen = new Set<string>();
  private wanted = new Set<string>();
  private lastEventId: string | null = null;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly client: DemoClient,
    private readonly onAlert: (alert: AlertEvent) => void,
  ) {}

  /** Returns when the stream is open: what happens from now on is not missed. */
  async start(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.running = this.run(resolve);
    });
  }

  async stop(): Promise<void> {
    this.controller.abort();
    await this.running;
  }

  private async run(onOpen: () => void): Promise<void> {
    const { signal } = this.controller;
    while (!signal.aborted) {
      await this.readOnce(signal, onOpen).catch(() => undefined);
      await sleep(RECONNECT_MS, undefined, { signal }).catch(() => undefined);
    }
    onOpen();
  }

  private async readOnce(signal: AbortSignal, onOpen: () => void): Promise<void> {
    const response = await this.client.openStream(signal, this.lastEventId);
    if (!response.ok || !response.body) return;
    onOpen();
    let buffer = '';
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      const frames = (buffer + text).split('\n\n');
      buffer = frames.pop() ?? '';
      for (const frame of frames) this.take(frame);
    }
  }

  private take(frame: string): void {
    const [, id] = /^id: ?(.+)$/m.exec(frame) ?? [];
    if (id !== undefined) this.lastEventId = id;
    const [, data] = /^data: ?(.+)$/m.exec(frame) ?? [];
    if (!frame.startsWith('event: notification') && !/^event: ?notification$/m.test(frame)) return;
    const notification = z.object({ event_id: z.string() }).safeParse(JSON.parse(data ?? 'null'));
    if (!notification.success) return;
    if (this.wanted.size === 0) setTimeout(() => void this.fetchWanted().catch(() => undefined), GATHER_MS);
    this.wanted.add(notification.data.event_id);
  }

  /** Frames name events only; those that came together are fetched together. */
  private async fetchWanted(): Promise<void> {
    const wanted = this.wanted;
    this.wanted = new Set();
    if (this.controller.signal.aborted) return;
    const events = await this.client.call<{ id: string }[]>('GET', '/api/events?limit=200');
    const rules = await this.client.call<{ id: string; name: string }[]>('GET', '/api/watch-rules?limit=200');
    for (const event of events.reverse()) {
      if (!wanted.has(event.id) || this.seen.has(event.id)) continue;
      this.seen.add(event.id);
      const alert = alertEvent.safeParse(event);
      if (!alert.success) continue;
      const { rule_id: ruleId, payload } = alert.data;
      // A price drop does not repeat which rule found the copy in the first place.
      payload.rule_name ??= rules.find(({ id }) => id === ruleId)?.name;
      this.onAlert(alert.data);
    }
  }
}
