import type { Reply, SimulatedRequest } from '../http-simulator';

export function message(status: number, text: string): Reply {
  return { status, body: { message: text } };
}

export const NOT_FOUND = message(404, 'The requested resource was not found.');
export const UNAUTHENTICATED: Reply = {
  ...message(401, 'You must authenticate to access this resource.'),
  headers: { 'www-authenticate': 'OAuth realm="https://api.discogs.com"' },
};
export const FORBIDDEN = message(403, "You don't have permission to access this resource.");

/** The other shape of a 422. */
export function invalidParameter(name: string, reason: string): Reply {
  return {
    status: 422,
    body: { detail: [{ loc: ['query', name], msg: reason, type: 'value_error' }], message: reason },
  };
}

/**
 * One page of rows under `name`: `page` from 1, `per_page` 50 unless said otherwise, never more than 100. Beyond the
 * last page there is nothing to find.
 */
export function paginate(request: SimulatedRequest, apiUrl: string, name: string, rows: unknown[]): Reply {
  const perPage = Math.min(Math.max(readInt(request.query.get('per_page'), 50), 1), 100);
  const page = Math.max(readInt(request.query.get('page'), 1), 1);
  const pages = Math.max(Math.ceil(rows.length / perPage), 1);
  if (page > pages) return NOT_FOUND;
  const href = (number: number) => {
    const query = new URLSearchParams(request.query);
    query.set('page', String(number));
    query.set('per_page', String(perPage));
    return `${apiUrl}${request.path}?${query.toString()}`;
  };
  const urls = {
    ...(page > 1 ? { first: href(1), prev: href(page - 1) } : {}),
    ...(page < pages ? { last: href(pages), next: href(page + 1) } : {}),
  };
  const link = Object.entries(urls).map(([rel, url]) => `<${url}>; rel="${rel}"`);
  return {
    status: 200,
    headers: link.length > 0 ? { link: link.join(', ') } : {},
    body: {
      pagination: { page, pages, items: rows.length, per_page: perPage, urls },
      [name]: rows.slice((page - 1) * perPage, page * perPage),
    },
  };
}

export function readInt(text: string | null, otherwise: number): number {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : otherwise;
}
