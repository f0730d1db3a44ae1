import { randomUUID } from 'node:crypto';
import type { LocalIssuer } from '@waxwatch/auth';
import type { Answer, HttpApp } from './http-app';

/** Somebody with an account and a valid token. */
export interface Collector {
  readonly id: string;
  call: (method: string, path: string, body?: unknown) => Promise<Answer>;
  /** Sends `text` as a JSON body, whether it is JSON or not. */
  callRaw: (method: string, path: string, text: string) => Promise<{ status: number; body: unknown }>;
}

/** A new user; the account is made by the first request, as for everybody. */
export function aCollector(http: HttpApp, issuer: LocalIssuer): Collector {
  const id = randomUUID();
  const token = issuer.issueToken({ sub: id, email: `${id}@collector.example` });
  return {
    id,
    call: async (method, path, body) => await http.call(method, path, { token, body }),
    callRaw: async (method, path, text) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const response = await fetch(`${http.url}${path}`, { method, headers, body: text });
      return { status: response.status, body: await response.json() };
    },
  };
}
