import { LocalIssuer } from '@waxwatch/auth';
import { ListingIngest } from '@waxwatch/listings';
import { Database } from '@waxwatch/platform/database';
import type { OpenAPIObject } from '@nestjs/swagger';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { DiscogsSimulator } from '../simulators/discogs/discogs-simulator';
import { aCollector } from '../support/collector';
import { useTestDatabase } from '../support/database';
import { linkingEnv } from '../support/discogs-account';
import { aListing } from '../support/factories/listings';
import { insertNotifications } from '../support/factories/notifications';
import { insertWatchRelease } from '../support/factories/watch-releases';
import type { HttpApp } from '../support/http-app';
import { type GeneratedRequest, operationsOf } from '../support/openapi-requests';
import { stampRows, startWholeApi } from '../support/whole-api';

/** The same requests each time; another number, or more runs, tries others. */
const SEED = Number(process.env.FUZZ_SEED ?? 20_261_124);
const RUNS = Number(process.env.FUZZ_RUNS ?? 40);
const PATIENCE_MS = 10_000;

const document = JSON.parse(
  readFileSync(resolve(__dirname, '../../docs/openapi.json'), 'utf8'),
) as OpenAPIObject;
/** Ids of things there are, by the name of the parameter; known once they have been made. */
const ids = new Map<string, string>();
const operations = operationsOf(document, (parameter) => ids.get(parameter) ?? randomUUID());

describe('whatever is sent', () => {
  const database = useTestDatabase();
  const issuer = new LocalIssuer({ environment: 'test' });
  const discogs = new DiscogsSimulator();
  let http: HttpApp;
  let db: Database;
  let token: string;

  beforeAll(async () => {
    const [, discogsUrl] = await Promise.all([issuer.start(), discogs.start()]);
    http = await startWholeApi(database.url, issuer, linkingEnv(discogsUrl));
    db = http.app.get(Database, { strict: false });
    const me = aCollector(http, issuer);
    token = issuer.issueToken({ sub: me.id, app_metadata: { role: 'admin' } });
    const rule = { name: 'Mine', query: { keywords: ['x'], sources: ['mock'] } };
    const { body } = await me.call('POST', '/api/watch-rules', rule);
    await http.app.get(ListingIngest, { strict: false }).ingest([aListing()]);
    const [listing] = await db.rows<{ id: string }>('SELECT id FROM listings');
    const [notification = ''] = await insertNotifications(db, me.id, 1);
    ids.set('rule_id', (body as { id: string }).id);
    ids.set('watch_release_id', await insertWatchRelease(db, { userId: me.id }));
    ids.set('notification_id', notification);
    ids.set('listing_id', listing?.id ?? '');
  });
  afterAll(async () => {
    await http.close();
    await Promise.all([issuer.stop(), discogs.stop()]);
  });

  const send = async (method: string, { path, body }: GeneratedRequest) => {
    const response = await fetch(`${http.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body }),
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const contentType = response.headers.get('content-type');
    const isStream = contentType?.startsWith('text/event-stream') ?? false;
    if (isStream) await response.body?.cancel();
    return { status: response.status, contentType, text: isStream ? '' : await response.text() };
  };

  it('is anything for most routes', () => {
    expect(operations.length).toBeGreaterThan(30);
  });

  it.each(operations.map((operation) => [operation.name, operation] as const))(
    '%s answers as documented, and stores nothing that it refuses',
    async (_name, { method, requests, statuses }) => {
      let before = await stampRows(db);
      await fc.assert(
        fc.asyncProperty(requests, async (request) => {
          const { status, contentType, text } = await send(method, request);
          const stored = before;
          before = await stampRows(db);
          expect(status).not.toBe(500);
          // With what some ids are made of, no route has such a path.
          expect([...statuses, 400, 404]).toContain(status);
          if (status < 400) return;
          expect(contentType).toBe('application/json');
          const { error } = JSON.parse(text) as {
            error: { message: unknown; code: unknown; status: unknown };
          };
          expect([typeof error.message, typeof error.code, error.status]).toEqual([
            'string',
            'string',
            status,
          ]);
          if (status < 500) expect(before).toEqual(stored);
        }),
        { seed: SEED, numRuns: RUNS },
      );
    },
  );
});
