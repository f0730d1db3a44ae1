/** What the service refused, in words for people. */
export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Calls the API of this page's own origin on behalf of whoever holds `token`. */
export class Api {
  constructor(token) {
    this.token = token;
  }

  async get(path) {
    return await this.call('GET', path);
  }

  async post(path, body) {
    return await this.call('POST', path, body);
  }

  headers() {
    return this.token ? { Authorization: `Bearer ${this.token}` } : {};
  }

  async call(method, path, body) {
    const headers = { Accept: 'application/json', ...this.headers() };
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    const response = await fetch(path, {
      method,
      headers,
      credentials: 'omit',
      body: body === undefined ? undefined : JSON.stringify(body),
    }).catch(() => {
      throw new ApiError(0, 'The service cannot be reached.');
    });
    const isJson = response.headers.get('content-type')?.includes('json');
    const answer = isJson ? await response.json() : null;
    if (!response.ok) throw new ApiError(response.status, explain(response.status, answer?.error));
    return answer;
  }
}

function explain(status, error) {
  if (status === 401 || status === 403) return `Not signed in: ${error?.message ?? 'the token is refused'}.`;
  if (status === 429) return 'Too many requests just now; try again in a moment.';
  const first = Array.isArray(error?.details) ? error.details[0] : undefined;
  if (first?.msg) return `${first.loc?.slice(1).join('.') || 'request'}: ${first.msg}`;
  return error?.message ?? `The service answered ${status}.`;
}
