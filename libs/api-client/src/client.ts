import createClient, { type Client } from 'openapi-fetch';
import type { paths } from './schema.generated.js';

export interface ClientOptions {
  baseUrl: string;
  /** The bearer token, or where to get the present one. Without it the browser's session cookie is sent. */
  token?: string | (() => string | Promise<string>);
  fetch?: typeof fetch;
}

export type WaxWatchClient = Client<paths>;

/** Every operation of the API by its path; answers `{ data, error, response }` and throws on network errors only. */
export function createWaxWatchClient(options: ClientOptions): WaxWatchClient {
  const client = createClient<paths>({
    baseUrl: options.baseUrl,
    credentials: 'include',
    ...(options.fetch === undefined ? {} : { fetch: options.fetch }),
  });
  client.use({
    onRequest: async ({ request }) => {
      const header = await authorizationOf(options);
      if (header !== null) request.headers.set('authorization', header);
      return request;
    },
  });
  return client;
}

export async function authorizationOf({ token }: Pick<ClientOptions, 'token'>): Promise<string | null> {
  if (token === undefined) return null;
  return `Bearer ${typeof token === 'string' ? token : await token()}`;
}
