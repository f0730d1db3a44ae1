import type { ProviderCall } from '../listing-provider';
import { cleanText } from '../listing-text';
import {
  discogsIdentitySchema,
  type DiscogsListEntry,
  discogsListSchema,
  discogsTokenSchema,
  toListRow,
} from './discogs-account.schema';
import type { DiscogsApi } from './discogs-api';
import { DiscogsLists } from './discogs-lists';
import { type OAuthConsumer, oauthHeader, type OAuthToken } from './oauth1';

/** What a user's calls are made with; the application's own token reads public lists only. */
export type DiscogsCredential =
  ({ kind: 'oauth' } & OAuthToken) | { kind: 'personal'; token: string } | { kind: 'app' };

export const DISCOGS_SOURCES = ['wantlist', 'collection', 'lists'] as const;
export type DiscogsSource = (typeof DISCOGS_SOURCES)[number];
/** The sources that Discogs gives in pages. */
export type PagedSource = Exclude<DiscogsSource, 'lists'>;

/** One page of a user's list. */
export interface DiscogsListPage {
  page: number;
  pages: number;
  /** Entries of the whole list, as Discogs counts them; null when it does not say. */
  items: number | null;
  /** Entries of this page, the unusable ones included. */
  rowCount: number;
  /** Every release on the page, once. */
  releaseIds: number[];
  /** Those of them that can be stored; one that is owned twice is there twice. */
  entries: DiscogsListEntry[];
}

export interface DiscogsListRequest {
  username: string;
  source: PagedSource;
  page: number;
  pageSize: number;
}

export interface DiscogsAccountsOptions {
  /** The registered application; null where linking accounts is not configured. */
  consumer: OAuthConsumer | null;
  now: () => Date;
  nextNonce: () => string;
}

const LISTS: Record<PagedSource, { path: string; endpoint: string }> = {
  wantlist: { path: 'wants', endpoint: '/users/{username}/wants' },
  collection: {
    path: 'collection/folders/0/releases',
    endpoint: '/users/{username}/collection/folders/0/releases',
  },
};

/** Far more than anyone owns; an answer that promises more is not believed. */
const MAX_PAGES = 10_000;

/**
 * What belongs to people at Discogs: OAuth 1.0a, identity, wantlist, collection and lists. PLAINTEXT signatures, which
 * Discogs recommends. All methods throw `ProviderError`.
 */
export class DiscogsAccounts {
  readonly lists: DiscogsLists;

  constructor(
    private readonly api: DiscogsApi,
    private readonly options: DiscogsAccountsOptions,
  ) {
    const authorise = (credential: DiscogsCredential) => this.authorized(credential);
    this.lists = new DiscogsLists(api, authorise, () => options.now().getTime());
  }

  /** Whether users can be sent to Discogs to authorise this application. */
  get canAuthorise(): boolean {
    return this.options.consumer !== null;
  }

  /** The first leg. Null when the answer holds no token. */
  async requestToken(callbackUrl: string, call: ProviderCall): Promise<OAuthToken | null> {
    const path = '/oauth/request_token';
    const authorization = () => this.sign('GET', null, { oauth_callback: callbackUrl });
    const answer = await this.api.request(
      { path, endpoint: path, schema: discogsTokenSchema, format: 'form', authorization },
      call,
    );
    return toToken(answer);
  }

  /** The third leg: the verifier for an access token. Null when the answer holds none. */
  async accessToken(
    requestToken: OAuthToken,
    verifier: string,
    call: ProviderCall,
  ): Promise<OAuthToken | null> {
    const path = '/oauth/access_token';
    const authorization = () => this.sign('POST', requestToken, { oauth_verifier: verifier });
    const answer = await this.api.request(
      { path, endpoint: path, method: 'POST', schema: discogsTokenSchema, format: 'form', authorization },
      call,
    );
    return toToken(answer);
  }

  /** Whose credential it is; null when Discogs names nobody. */
  async identity(credential: DiscogsCredential, call: ProviderCall): Promise<string | null> {
    const path = '/oauth/identity';
    const answer = await this.api.request(
      { path, endpoint: path, schema: discogsIdentitySchema, ...this.authorized(credential) },
      call,
    );
    return cleanText(answer.username, 120);
  }

  async listPage(
    credential: DiscogsCredential,
    { username, source, page, pageSize }: DiscogsListRequest,
    call: ProviderCall,
  ): Promise<DiscogsListPage> {
    const { path, endpoint } = LISTS[source];
    const answer = await this.api.request(
      {
        path: `/users/${encodeURIComponent(username)}/${path}`,
        endpoint,
        query: { page, per_page: pageSize },
        schema: discogsListSchema,
        // A private list says nothing about the application's token.
        toleratedStatus: 403,
        ...this.authorized(credential),
      },
      call,
    );
    const rows = (source === 'wantlist' ? answer.wants : answer.releases) ?? [];
    const read = rows.flatMap((row) => toListRow(row) ?? []);
    return {
      page,
      pages: Math.min(Math.max(answer.pagination?.pages ?? 1, 1), MAX_PAGES),
      items: answer.pagination?.items ?? null,
      rowCount: rows.length,
      releaseIds: [...new Set(read.map(({ releaseId }) => releaseId))],
      entries: read.flatMap(({ entry }) => entry ?? []),
    };
  }

  private authorized(credential: DiscogsCredential): { authorization?: () => string } {
    switch (credential.kind) {
      case 'oauth':
        return { authorization: () => this.sign('GET', credential) };
      case 'personal':
        return { authorization: () => `Discogs token=${credential.token}` };
      case 'app':
        return {};
    }
  }

  private sign(method: string, token: OAuthToken | null, extra: Record<string, string> = {}): string {
    const { consumer, now, nextNonce } = this.options;
    return oauthHeader({
      method,
      url: 'https://api.discogs.com/',
      consumer: consumer ?? { key: '', secret: '' },
      token,
      nonce: nextNonce(),
      timestamp: Math.floor(now().getTime() / 1000),
      signatureMethod: 'PLAINTEXT',
      extra,
    });
  }
}

function toToken(answer: {
  oauth_token?: string | undefined;
  oauth_token_secret?: string | undefined;
}): OAuthToken | null {
  const { oauth_token: token, oauth_token_secret: secret } = answer;
  return token && secret ? { token, secret } : null;
}
