import type { Answer, HttpApp } from './http-app';

export interface LoginForm {
  email: string;
  password: string;
  return_to?: string | null;
  handoff?: string | null;
  state?: string | null;
  nonce?: string | null;
  expires_at?: string | null;
}

/** The form as the web app sends it: all seven keys. */
export const loginForm = (form: LoginForm): Required<LoginForm> => ({
  return_to: null,
  handoff: null,
  state: null,
  nonce: null,
  expires_at: null,
  ...form,
});

/** A browser on a page of the service itself: it keeps the cookie, and has no token. */
export class CookieClient {
  /** `name=value`, or empty. */
  cookie = '';
  /** The last `Set-Cookie`, attributes and all. */
  setCookie = '';

  constructor(
    readonly http: HttpApp,
    private readonly headers: Record<string, string> = { 'sec-fetch-site': 'same-origin' },
  ) {}

  async signIn(form: LoginForm): Promise<Answer> {
    return await this.call('POST', '/api/auth/login', loginForm(form));
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const sent = { ...this.headers, ...(this.cookie === '' ? {} : { cookie: this.cookie }), ...headers };
    const answer = await this.http.call(method, path, { headers: sent, body });
    const [set] = answer.headers.getSetCookie();
    if (set !== undefined) {
      this.setCookie = set;
      this.cookie = set.includes('Max-Age=0') ? '' : (set.split(';')[0] ?? '');
    }
    return answer;
  }
}
