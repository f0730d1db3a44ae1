import type { Reply, SimulatedRequest } from '../http-simulator';
import type { Principal } from './discogs-auth';
import {
  convert,
  type DiscogsData,
  type SimulatedListing,
  type SimulatedRelease,
  type SimulatedUser,
} from './discogs-data';
import { FORBIDDEN, message, NOT_FOUND, paginate, UNAUTHENTICATED } from './discogs-replies';

const STATUSES = 'All, Deleted, Draft, Expired, For Sale, Sold, Suspended, Violation';
const ADDED_AT = '2026-01-01T00:00:00-08:00';
const USER_MISSING = message(404, 'User does not exist or may have been deleted.');

/** What belongs to people: identity, profile, wantlist, collection, lists, and a seller's copies. */
export class DiscogsUsers {
  /** Documents and service disagree in how the fields of a list are called. */
  listSpelling: 'id' | 'list_id' = 'id';

  constructor(
    private readonly data: DiscogsData,
    private readonly apiUrl: () => string,
  ) {}

  identity({ user }: Principal): Reply {
    if (!user) return UNAUTHENTICATED;
    const { id, username } = user;
    return {
      status: 200,
      body: { id, username, resource_url: this.userUrl(username), consumer_name: 'WaxWatch' },
    };
  }

  profile(username: string, principal: Principal): Reply {
    const user = this.data.users.get(username);
    if (!user) return USER_MISSING;
    const isOwner = principal.user?.username === username;
    const body = {
      id: user.id,
      username,
      resource_url: this.userUrl(username),
      curr_abbr: user.currency,
      num_wantlist: user.wants.length,
      num_collection: user.collection.length,
      ...(isOwner ? { email: `${username}@example.com` } : {}),
    };
    return { status: 200, body };
  }

  wants(request: SimulatedRequest, username: string, principal: Principal): Reply {
    return this.readable(username, principal, (user) =>
      paginate(
        request,
        this.apiUrl(),
        'wants',
        user.wants.map((id) => ({
          id,
          rating: 0,
          date_added: ADDED_AT,
          resource_url: `${this.apiUrl()}/users/${username}/wants/${id}`,
          basic_information: this.basicInformation(id),
        })),
      ),
    );
  }

  /** PUT, POST and DELETE of a want: 201, 200 and 204, for the owner only. */
  changeWant(method: string, username: string, releaseId: number, principal: Principal): Reply {
    const user = this.data.users.get(username);
    if (!principal.user) return UNAUTHENTICATED;
    if (!user || principal.user.username !== username) return FORBIDDEN;
    if (!this.data.releases.has(releaseId)) return message(404, 'Release not found.');
    user.wants = user.wants.filter((id) => id !== releaseId);
    if (method === 'DELETE') return { status: 204, body: '' };
    user.wants.push(releaseId);
    return {
      status: method === 'PUT' ? 201 : 200,
      body: { id: releaseId, rating: 0, notes: '', basic_information: this.basicInformation(releaseId) },
    };
  }

  /** One release may be there several times, under different instance ids. */
  collection(request: SimulatedRequest, username: string, folder: number, principal: Principal): Reply {
    if (folder !== 0 && principal.user?.username !== username) return FORBIDDEN;
    return this.readable(username, principal, (user) =>
      paginate(
        request,
        this.apiUrl(),
        'releases',
        user.collection.map(({ releaseId, instanceId }, index) => ({
          id: releaseId,
          instance_id: instanceId ?? 90_000 + index,
          folder_id: 1,
          rating: 0,
          date_added: ADDED_AT,
          basic_information: this.basicInformation(releaseId),
          notes: [],
        })),
      ),
    );
  }

  lists(request: SimulatedRequest, username: string, principal: Principal): Reply {
    return this.readable(username, principal, (user) =>
      paginate(
        request,
        this.apiUrl(),
        'lists',
        user.lists
          .filter(({ isPublic }) => isPublic || principal.user?.username === username)
          .map(({ id, name, isPublic }) => ({ ...this.listHead(id), name, public: isPublic })),
      ),
    );
  }

  /** A private list is shown to its owner only. Items come in the owner's order, without pages. */
  list(id: number, principal: Principal): Reply {
    const owner = [...this.data.users.values()].find((user) => user.lists.some((list) => list.id === id));
    const list = owner?.lists.find((candidate) => candidate.id === id);
    if (!owner || !list) return NOT_FOUND;
    if (!list.isPublic && principal.user?.username !== owner.username) return FORBIDDEN;
    const items = list.items.map(({ id: itemId, type, comment }) => ({
      id: itemId,
      type,
      display_title: this.titleOf(type, itemId),
      comment,
      uri: `https://www.discogs.com/${type}/${itemId}`,
      image_url: '',
      resource_url: `${this.apiUrl()}/${type}s/${itemId}`,
    }));
    const { name, isPublic } = list;
    const body = { ...this.listHead(id), name, description: '', public: isPublic, items };
    return { status: 200, body };
  }

  private listHead(id: number): Record<string, unknown> {
    const url = `https://www.discogs.com/lists/${id}`;
    return this.listSpelling === 'id'
      ? { id, uri: url, date_added: ADDED_AT, date_changed: ADDED_AT }
      : { list_id: id, url, created_ts: ADDED_AT, modified_ts: ADDED_AT };
  }

  private titleOf(type: string, id: number): string {
    const releases = [...this.data.releases.values()];
    const release = releases.find((one) => (type === 'master' ? one.masterId : one.id) === id);
    return release ? `${release.artist} - ${release.title}` : '';
  }

  /** A seller's copies; others see what is for sale only, and no more than 100 pages. */
  inventory(request: SimulatedRequest, seller: string, principal: Principal): Reply {
    const status = request.query.get('status');
    if (status !== null && !STATUSES.split(', ').includes(status)) {
      return message(422, `Invalid status: expected one of ${STATUSES}.`);
    }
    const isOwner = principal.user?.username === seller;
    if (!isOwner && Number(request.query.get('page') ?? 1) > 100) {
      return message(403, 'Pagination above 100 disabled for inventories besides your own');
    }
    const rows = [...this.data.listings.values()]
      .filter((listing) => listing.seller === seller && (isOwner || listing.status === 'For Sale'))
      .sort((a, b) => b.postedAt.localeCompare(a.postedAt) || b.id - a.id)
      .map((listing) => this.toListing(listing, 'USD'));
    return paginate(request, this.apiUrl(), 'listings', rows);
  }

  listing(id: number, currency: string): Reply {
    const listing = this.data.listings.get(id);
    if (!listing || listing.status === 'Deleted') return message(404, 'The request resource was not found.');
    return { status: 200, body: this.toListing(listing, currency) };
  }

  priceSuggestions(releaseId: number, { user }: Principal): Reply {
    if (!user) return UNAUTHENTICATED;
    const price = this.data.releases.get(releaseId)?.lowestPrice ?? null;
    if (price === null) return { status: 200, body: {} };
    const amount = (factor: number) => ({
      currency: user.currency,
      value: convert(price * factor, user.currency),
    });
    return {
      status: 200,
      body: { 'Mint (M)': amount(1.5), 'Very Good Plus (VG+)': amount(1), 'Poor (P)': amount(0.1) },
    };
  }

  private readable(username: string, principal: Principal, read: (user: SimulatedUser) => Reply): Reply {
    const user = this.data.users.get(username);
    if (!user) return USER_MISSING;
    return user.isPrivate && principal.user?.username !== username ? FORBIDDEN : read(user);
  }

  private toListing(listing: SimulatedListing, currency: string): Record<string, unknown> {
    const release: SimulatedRelease | undefined = this.data.releases.get(listing.releaseId);
    return {
      id: listing.id,
      status: listing.status,
      price: { currency, value: convert(listing.price, currency) },
      allow_offers: false,
      condition: listing.condition,
      sleeve_condition: listing.sleeveCondition,
      posted: listing.postedAt,
      ships_from: listing.shipsFrom,
      uri: `https://www.discogs.com/sell/item/${listing.id}`,
      comments: '',
      seller: { id: 7, username: listing.seller, resource_url: this.userUrl(listing.seller) },
      shipping_price: {},
      release: {
        id: listing.releaseId,
        description: `${release?.artist ?? ''} – ${release?.title ?? ''} (LP)`,
        year: release?.year ?? 0,
        thumbnail: '',
      },
      resource_url: `${this.apiUrl()}/marketplace/listings/${listing.id}`,
      audio: false,
    };
  }

  private basicInformation(releaseId: number): Record<string, unknown> {
    const release = this.data.releases.get(releaseId);
    if (!release)
      return { id: releaseId, master_id: 0, title: '', year: 0, formats: [], labels: [], artists: [] };
    const { title, year, masterId, formats, labels, catno, artist } = release;
    return {
      id: releaseId,
      master_id: masterId ?? 0,
      master_url: masterId === null ? null : `${this.apiUrl()}/masters/${masterId}`,
      title,
      year: year ?? 0,
      formats: [{ name: formats[0] ?? 'Vinyl', qty: '1', descriptions: formats.slice(1) }],
      labels: labels.map((name) => ({ name, catno })),
      artists: [{ name: artist, id: 7, join: '' }],
      genres: ['Rock'],
      styles: [],
      thumb: '',
      cover_image: '',
      resource_url: `${this.apiUrl()}/releases/${releaseId}`,
    };
  }

  private userUrl(username: string): string {
    return `${this.apiUrl()}/users/${username}`;
  }
}
