import type { SimulatedRequest } from '../http-simulator';
import type { DiscogsData, SimulatedUser } from './discogs-data';

/** Who calls: nobody, the application, or a user. The budget is larger for the latter two. */
export interface Principal {
  isAuthenticated: boolean;
  user: SimulatedUser | null;
}

export interface AppKeys {
  consumerKey: string;
  consumerSecret: string;
  /** The personal access token of the application's owner. */
  token: string;
}

// What HTTP libraries call themselves; Discogs wants a name of the application's own.
const GENERIC_AGENT = /^(?:node|undici|axios|got|python|curl|okhttp|go-http|java|wget|mozilla\/5\.0$)/i;

export function isAgentRefused(request: SimulatedRequest): boolean {
  const agent = request.headers['user-agent']?.trim() ?? '';
  return agent === '' || GENERIC_AGENT.test(agent);
}

/**
 * Reads the credential of a request; null when there is one and it is not good. `oauthUser` is asked for the user of
 * a signed request.
 */
export function authenticate(
  request: SimulatedRequest,
  keys: AppKeys,
  data: DiscogsData,
  oauthUser: () => SimulatedUser | null,
): Principal | null {
  const header = request.headers.authorization ?? '';
  const [scheme = '', ...rest] = header.split(' ');
  if (scheme.toLowerCase() === 'oauth') {
    const user = oauthUser();
    return user && { isAuthenticated: true, user };
  }
  const given = new Map([...readPairs(rest.join(' ')), ...request.query.entries()]);
  if (header !== '' && scheme.toLowerCase() !== 'discogs') return null;
  const token = given.get('token');
  if (token !== undefined) return byToken(token, keys, data);
  const key = given.get('key');
  if (key === undefined) return header === '' ? { isAuthenticated: false, user: null } : null;
  const isGood = key === keys.consumerKey && given.get('secret') === keys.consumerSecret;
  return isGood ? { isAuthenticated: true, user: null } : null;
}

function byToken(token: string, keys: AppKeys, data: DiscogsData): Principal | null {
  const user = [...data.users.values()].find((candidate) => candidate.token === token) ?? null;
  return user || token === keys.token ? { isAuthenticated: true, user } : null;
}

/** `key=K, secret=S` */
function readPairs(text: string): [string, string][] {
  return text
    .split(',')
    .map((pair) => pair.trim().split('='))
    .flatMap(([name, ...value]) => (name ? [[name, value.join('=')] satisfies [string, string]] : []));
}
