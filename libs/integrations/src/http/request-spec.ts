import type { Dispatcher } from 'undici';
import type { z } from 'zod';
import type { AnswerHeaders } from '../budget/provider-budget';
import type { ProviderErrorKind } from '../provider-error';

/** What a provider can say in a refusal beyond its status code. */
export interface Refusal {
  kind?: ProviderErrorKind;
  retryAfterMs?: number;
}

export interface ProviderRequestSpec<T> {
  /** Concrete path; parts must already be encoded. */
  path: string;
  /** Route template for logs and errors, such as `/masters/{id}`. */
  endpoint: string;
  /** The shape of a good answer. An answer of another shape is a failure of the call. */
  schema: z.ZodType<T>;
  method?: 'GET' | 'POST';
  query?: Record<string, string | number | null | undefined>;
  headers?: Record<string, string>;
  /** The `Authorization` header, made anew for every attempt: a signature is good once. */
  authorization?: () => string;
  /** How a good answer is written; OAuth 1.0a answers as forms do. Default `json`. */
  format?: 'json' | 'form';
  /** Sent form-encoded. */
  form?: Record<string, string>;
  /** Whose credential it is: a user's being refused says nothing about the provider. Default `app`. */
  credential?: 'app' | 'user';
  /** A refusal with this status does not pause the provider: the caller tries again with a fresh credential. */
  toleratedStatus?: number;
  /** What of a good answer is kept in the request log. */
  describe?: (data: T) => Record<string, unknown>;
  /** Calls that have an allowance of their own, such as token mints, leave the budget alone. */
  isUnbudgeted?: boolean;
  /** Another API of the provider with limits of its own: neither pauses nor failures pass from one to the other. */
  isApart?: boolean;
}

export interface ProviderAnswer<T> {
  data: T;
  status: number;
  headers: AnswerHeaders;
}

/** The absolute URL of a request. */
export function urlOf(baseUrl: string, spec: Pick<ProviderRequestSpec<unknown>, 'path' | 'query'>): string {
  const url = new URL(baseUrl);
  url.pathname = url.pathname.replace(/\/+$/, '') + spec.path;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(spec.query ?? {})) {
    if (value !== null && value !== undefined) query.set(name, String(value));
  }
  // A plus sign means a space in forms only; not every server reads it so in a URL.
  url.search = query.toString().replaceAll('+', '%20');
  return url.href;
}

/** Header names in lower case with their first value. */
export function singleHeaders(headers: Dispatcher.ResponseData['headers']): AnswerHeaders {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
  );
}

/** Undefined when the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The fields of a form-encoded text; of a repeated one the last. */
export function parseForm(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text.trim()));
}
