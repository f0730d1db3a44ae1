import { z } from 'zod';
import type { Controls } from '../control';
import { HTML_PAGE } from '../faults';
import { HttpSimulator, type Reply, type SimulatedRequest } from '../http-simulator';
import { authenticate, isAgentRefused, type AppKeys, type Principal } from './discogs-auth';
import { DiscogsCatalogue } from './discogs-catalogue';
import {
  DiscogsData,
  listingSchema,
  releaseSchema,
  userSchema,
  type ListingInput,
  type ReleaseInput,
  type SimulatedListing,
  type SimulatedRelease,
  type SimulatedUser,
  type UserInput,
} from './discogs-data';
import { DiscogsLimits } from './discogs-limits';
import { message, NOT_FOUND, UNAUTHENTICATED } from './discogs-replies';
import { DiscogsOAuth } from './discogs-oauth';
import { DiscogsUsers } from './discogs-users';
import { spoilDiscogsPage } from './spoil-discogs-page';

export const DISCOGS_KEYS: AppKeys = {
  consumerKey: 'sim-consumer-key',
  consumerSecret: 'sim-consumer-secret',
  token: 'sim-app-token',
};

interface RouteContext {
  request: SimulatedRequest;
  principal: Principal;
  currency: string;
}

type Route = [methods: string, path: RegExp, answer: (context: RouteContext, parts: string[]) => Reply];

/** The token endpoints are asked before there is a user. */
const TOKEN_ENDPOINTS = new Set(['GET /oauth/request_token', 'POST /oauth/access_token']);

/** The Discogs API with its three-legged OAuth exchange. */
export class DiscogsSimulator extends HttpSimulator {
  readonly data = new DiscogsData();
  readonly limits = new DiscogsLimits(() => this.clock.nowMs());
  readonly oauth = new DiscogsOAuth(this.data, DISCOGS_KEYS, () => this.clock.nowMs());
  /** A signature is good once, so that who calls is found out once per request. */
  private readonly principals = new WeakMap<SimulatedRequest, { principal: Principal | null }>();
  private readonly catalogue = new DiscogsCatalogue(this.data, () => this.url);
  readonly users = new DiscogsUsers(this.data, () => this.url);
  private readonly routes: Route[] = [
    ['GET', /^\/database\/search$/, ({ request }) => this.catalogue.search(request)],
    ['GET', /^\/releases\/(\d+)$/, ({ currency }, [id]) => this.catalogue.release(Number(id), currency)],
    ['GET', /^\/releases\/(\d+)\/stats$/, (_context, [id]) => this.catalogue.communityStats(Number(id))],
    ['GET', /^\/masters\/(\d+)$/, ({ currency }, [id]) => this.catalogue.master(Number(id), currency)],
    [
      'GET',
      /^\/masters\/(\d+)\/versions$/,
      ({ request }, [id]) => this.catalogue.versions(request, Number(id)),
    ],
    [
      'GET',
      /^\/marketplace\/stats\/(\d+)$/,
      ({ currency }, [id]) => this.catalogue.marketStats(Number(id), currency),
    ],
    [
      'GET',
      /^\/marketplace\/listings\/(\d+)$/,
      ({ currency }, [id]) => this.users.listing(Number(id), currency),
    ],
    // Listing the copies of a release is what Discogs does not offer: only POST, for sellers, exists here.
    ['POST', /^\/marketplace\/listings$/, () => UNAUTHENTICATED],
    [
      'GET',
      /^\/marketplace\/price_suggestions\/(\d+)$/,
      ({ principal }, [id]) => this.users.priceSuggestions(Number(id), principal),
    ],
    ['GET', /^\/oauth\/request_token$/, ({ request }) => this.oauth.requestToken(request)],
    ['POST', /^\/oauth\/access_token$/, ({ request }) => this.oauth.accessToken(request)],
    ['GET', /^\/oauth\/identity$/, ({ principal }) => this.users.identity(principal)],
    ['GET', /^\/users\/([^/]+)$/, ({ principal }, [name = '']) => this.users.profile(name, principal)],
    [
      'GET',
      /^\/users\/([^/]+)\/inventory$/,
      ({ request, principal }, [name = '']) => this.users.inventory(request, name, principal),
    ],
    [
      'GET',
      /^\/users\/([^/]+)\/wants$/,
      ({ request, principal }, [name = '']) => this.users.wants(request, name, principal),
    ],
    [
      'PUT POST DELETE',
      /^\/users\/([^/]+)\/wants\/(\d+)$/,
      ({ request, principal }, [name = '', id]) =>
        this.users.changeWant(request.method, name, Number(id), principal),
    ],
    [
      'GET',
      /^\/users\/([^/]+)\/collection\/folders\/(\d+)\/releases$/,
      ({ request, principal }, [name = '', folder]) =>
        this.users.collection(request, name, Number(folder), principal),
    ],
    [
      'GET',
      /^\/users\/([^/]+)\/lists$/,
      ({ request, principal }, [name = '']) => this.users.lists(request, name, principal),
    ],
    ['GET', /^\/lists\/(\d+)$/, ({ principal }, [id]) => this.users.list(Number(id), principal)],
  ];

  addRelease(release: ReleaseInput): SimulatedRelease {
    return this.data.addRelease(release);
  }

  addListing(listing: ListingInput): SimulatedListing {
    return this.data.addListing(listing, this.clock.now().toISOString());
  }

  addUser(user: UserInput): SimulatedUser {
    return this.data.addUser(user);
  }

  /** What the marketplace says about a release; a price of null means that nothing is for sale. */
  setOffer(
    releaseId: number,
    lowestPrice: number | null,
    numForSale: number | null = lowestPrice === null ? null : 1,
  ): void {
    const release = this.data.releases.get(releaseId);
    if (!release) throw new Error(`no release ${releaseId}`);
    Object.assign(release, { lowestPrice, numForSale });
  }

  protected override answer(request: SimulatedRequest): Reply {
    if (isAgentRefused(request)) return { status: 403, body: HTML_PAGE, contentType: 'text/html' };
    const principal = this.principalOf(request);
    if (!this.limits.take(request.remoteAddress, principal?.isAuthenticated ?? false)) {
      return message(429, 'You are making requests too quickly.');
    }
    if (!principal) return UNAUTHENTICATED;
    const found = this.routes.filter(([, path]) => path.test(request.path));
    if (found.length === 0) return NOT_FOUND;
    const route = found.find(([methods]) => methods.split(' ').includes(request.method));
    if (!route) return message(405, 'The method is not allowed for the requested URL.');
    const currency = request.query.get('curr_abbr') ?? principal.user?.currency ?? 'USD';
    const parts = (route[1].exec(request.path) ?? []).slice(1).map(decodeURIComponent);
    return route[2]({ request, principal, currency }, parts);
  }

  protected override decorate(reply: Reply, request: SimulatedRequest): Reply {
    const isAuthenticated = this.principalOf(request)?.isAuthenticated ?? false;
    const limits = this.limits.headers(request.remoteAddress, isAuthenticated);
    return { ...reply, headers: { server: 'cloudflare', ...limits, ...reply.headers } };
  }

  private principalOf(request: SimulatedRequest): Principal | null {
    const known = this.principals.get(request);
    if (known) return known.principal;
    const principal = TOKEN_ENDPOINTS.has(`${request.method} ${request.path}`)
      ? { isAuthenticated: true, user: null }
      : authenticate(request, DISCOGS_KEYS, this.data, () => this.oauth.userOf(request));
    this.principals.set(request, { principal });
    return principal;
  }

  protected override spoil(kind: 'empty_page' | 'duplicate_rows' | 'malformed_items', reply: Reply): Reply {
    return spoilDiscogsPage(kind, reply);
  }

  protected override clearData(): void {
    this.data.clear();
    this.oauth.clear();
    this.limits.reset();
    this.users.listSpelling = 'id';
  }

  protected override controls(): Controls {
    const settings = z.object({ listSpelling: z.enum(['id', 'list_id']) });
    const offer = z.object({
      releaseId: z.number().int(),
      lowestPrice: z.number().nullable(),
      numForSale: z.number().int().nullable().optional(),
    });
    const limits = z.object({
      authenticatedLimit: z.number().int().optional(),
      anonymousLimit: z.number().int().optional(),
      isUsedJumpy: z.boolean().optional(),
    });
    return {
      'GET releases': () => [...this.data.releases.values()],
      'POST releases': (body) => this.addRelease(releaseSchema.parse(body)),
      'POST releases/delete': (body) => {
        this.data.releases.delete(z.object({ releaseId: z.number().int() }).parse(body).releaseId);
      },
      'POST offers': (body) => {
        const { releaseId, lowestPrice, numForSale } = offer.parse(body);
        this.setOffer(releaseId, lowestPrice, numForSale);
      },
      'POST listings': (body) => this.addListing(listingSchema.parse(body)),
      'POST users': (body) => this.addUser(userSchema.parse(body)),
      'POST oauth/decide': (body) => {
        const { token, username } = z
          .object({ token: z.string(), username: z.string().nullable() })
          .parse(body);
        return this.oauth.decide(token, username);
      },
      'POST oauth/revoke': (body) =>
        this.oauth.revoke(z.object({ username: z.string() }).parse(body).username),
      'POST limits': (body) => {
        Object.assign(this.limits, limits.parse(body));
      },
      'POST settings': (body) => {
        this.users.listSpelling = settings.parse(body).listSpelling;
      },
    };
  }
}
