import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Controls } from '../control';
import { HttpSimulator, type Reply, type SimulatedRequest } from '../http-simulator';
import { publicationSchema, toSummary, type EbayItemState, type EbayPublication } from './ebay-items';
import { EbayNotificationApi } from './ebay-notifications';
import { ebayError, EbayOAuth } from './ebay-oauth';
import { EbayQuota } from './ebay-quota';
import { searchItems } from './ebay-search';
import { spoilEbayPage } from './spoil-ebay-page';

export const EBAY_CLIENT_ID = 'sim-client-id';
export const EBAY_CLIENT_SECRET = 'sim-client-secret';

const goneAs = z.enum(['error', 'bad_request', 'bare', 'warning']);
/** 404 or 400 with an error id, 404 without a body, or 200 with a warning. */
export type GoneAs = z.infer<typeof goneAs>;

/** eBay's token endpoint, Browse API, call-limit report and signed notifications, as strict as the live ones where it matters. */
export class EbaySimulator extends HttpSimulator {
  readonly oauth = new EbayOAuth(EBAY_CLIENT_ID, EBAY_CLIENT_SECRET, () => this.clock.nowMs());
  readonly quota = new EbayQuota(() => this.clock.now());
  readonly notifications = new EbayNotificationApi(() => this.clock.now());
  readonly items = new Map<string, EbayItemState>();
  /** A new item shows up in search this long after it was offered. */
  indexDelayMs = 0;
  /** An item whose end has passed stays in search for this long. */
  endedLingerMs = 60_000;
  /** How the API says that an item is gone: documents and clients disagree. */
  goneAs: GoneAs = 'error';
  /** Whether single items are unavailable for the moment, which says nothing of whether they are for sale. */
  areItemsUnavailable = false;
  private nextLegacyId = 296_057_072_805;

  /** Offers an item and gives its id. */
  publish(publication: EbayPublication): EbayItemState {
    const parsed = publicationSchema.parse(publication);
    const legacyItemId = String(this.nextLegacyId++);
    const createdMs = this.clock.nowMs();
    const item: EbayItemState = {
      ...parsed,
      itemId: `v1|${legacyItemId}|0`,
      legacyItemId,
      createdMs,
      originMs: parsed.originAt === undefined ? createdMs : Date.parse(parsed.originAt),
      isEnded: false,
    };
    this.items.set(item.itemId, item);
    return item;
  }

  changePrice(itemId: string, price: string): void {
    this.known(itemId).price = price;
  }

  bid(itemId: string, amount: string): void {
    const item = this.known(itemId);
    item.currentBid = amount;
    item.bidCount = (item.bidCount ?? 0) + 1;
  }

  end(itemId: string): void {
    this.known(itemId).isEnded = true;
  }

  /** The same copy again under a new id; it keeps its origin date. */
  relist(itemId: string): EbayItemState {
    const old = this.known(itemId);
    old.isEnded = true;
    const { itemId: _id, legacyItemId: _legacy, ...rest } = old;
    const again = this.publish({ ...rest, originAt: new Date(old.originMs).toISOString() });
    return again;
  }

  protected override answer(request: SimulatedRequest): Reply {
    if (request.path === '/identity/v1/oauth2/token') return this.oauth.mint(request);
    const refusal = this.oauth.refuse(request);
    if (refusal) return refusal;
    if (request.method !== 'GET') return { status: 405, body: '' };
    if (request.path.startsWith('/developer/analytics/v1_beta/rate_limit')) return this.quota.report();
    const publicKey = this.notifications.answer(request.path);
    if (publicKey) return publicKey;
    if (!request.path.startsWith('/buy/browse/v1/')) return { status: 404, body: '' };
    if (!this.quota.take()) return EbayQuota.exceeded();
    if (request.path === '/buy/browse/v1/item_summary/search') return this.search(request);
    if (request.path === '/buy/browse/v1/item/get_item_by_legacy_id') {
      return this.item(`v1|${request.query.get('legacy_item_id') ?? ''}|0`);
    }
    return this.item(decodeURIComponent(request.path.replace('/buy/browse/v1/item/', '')));
  }

  protected override decorate(reply: Reply): Reply {
    return {
      ...reply,
      headers: { 'x-ebay-request-id': randomUUID(), rlogid: 't6pitnmsg%60', ...reply.headers },
    };
  }

  protected override spoil(kind: 'empty_page' | 'duplicate_rows' | 'malformed_items', reply: Reply): Reply {
    return spoilEbayPage(kind, reply);
  }

  protected override clearData(): void {
    this.items.clear();
    this.oauth.reset();
    this.quota.reset();
    this.notifications.reset();
    this.indexDelayMs = 0;
    this.goneAs = 'error';
    this.areItemsUnavailable = false;
    this.endedLingerMs = 60_000;
  }

  protected override controls(): Controls {
    const id = z.object({ itemId: z.string() });
    const priced = id.extend({ price: z.string() });
    const settings = z.object({
      indexDelayMs: z.number().optional(),
      dailyLimit: z.number().int().optional(),
      isKeysetEnabled: z.boolean().optional(),
      tokenLifetimeSeconds: z.number().optional(),
      goneAs: goneAs.optional(),
      areItemsUnavailable: z.boolean().optional(),
    });
    return {
      'GET items': () => [...this.items.values()],
      'POST items': (body) => this.publish(publicationSchema.parse(body)),
      'POST items/price': (body) => this.changePrice(...pair(priced.parse(body))),
      'POST items/bid': (body) => this.bid(...pair(priced.parse(body))),
      'POST items/end': (body) => this.end(id.parse(body).itemId),
      'POST items/relist': (body) => this.relist(id.parse(body).itemId),
      // The notification as eBay would send it; a simulator calls nobody by itself.
      'POST notifications/deletion': (body) =>
        this.notifications.deletionOf(z.object({ username: z.string() }).parse(body)),
      'POST tokens/revoke': () => this.oauth.revokeAll(),
      'GET tokens': () => ({ mintCount: this.oauth.mintCount }),
      'POST settings': (body) => {
        const wanted = settings.parse(body);
        this.indexDelayMs = wanted.indexDelayMs ?? this.indexDelayMs;
        this.quota.dailyLimit = wanted.dailyLimit ?? this.quota.dailyLimit;
        this.oauth.isKeysetEnabled = wanted.isKeysetEnabled ?? this.oauth.isKeysetEnabled;
        this.goneAs = wanted.goneAs ?? this.goneAs;
        this.areItemsUnavailable = wanted.areItemsUnavailable ?? this.areItemsUnavailable;
        this.oauth.lifetimeSeconds = wanted.tokenLifetimeSeconds ?? this.oauth.lifetimeSeconds;
      },
    };
  }

  private search(request: SimulatedRequest): Reply {
    const now = this.clock.nowMs();
    const visible = [...this.items.values()].filter(
      (item) =>
        !item.isEnded &&
        item.createdMs + this.indexDelayMs <= now &&
        (item.endsAt === undefined || Date.parse(item.endsAt) + this.endedLingerMs > now),
    );
    return searchItems(visible, request, this.url);
  }

  private item(itemId: string): Reply {
    if (this.areItemsUnavailable) return ebayError(404, 11004, 'The item is temporarily unavailable.');
    const item = this.items.get(itemId);
    const hasEnded = item?.endsAt !== undefined && Date.parse(item.endsAt) <= this.clock.nowMs();
    if (!item || item.isEnded || hasEnded) return this.gone();
    const aspects = Object.entries(item.aspects ?? {}).map(([name, value]) => ({
      type: 'STRING',
      name,
      value,
    }));
    const availability = [{ estimatedAvailabilityStatus: 'IN_STOCK', estimatedAvailableQuantity: 1 }];
    const body = {
      ...toSummary(item, this.url, null, true),
      localizedAspects: aspects,
      estimatedAvailabilities: availability,
    };
    return { status: 200, body };
  }

  private gone(): Reply {
    const message = 'The specified item Id was not found.';
    switch (this.goneAs) {
      case 'error':
        return ebayError(404, 11001, message);
      case 'bad_request':
        return ebayError(400, 11003, message);
      case 'bare':
        return { status: 404, body: '' };
      case 'warning': {
        const warning = { errorId: 11001, domain: 'API_BROWSE', category: 'REQUEST', message };
        return { status: 200, body: { warnings: [warning] } };
      }
    }
  }

  private known(itemId: string): EbayItemState {
    const item = this.items.get(itemId);
    if (!item) throw new Error(`no item ${itemId}`);
    return item;
  }
}

function pair({ itemId, price }: { itemId: string; price: string }): [string, string] {
  return [itemId, price];
}
