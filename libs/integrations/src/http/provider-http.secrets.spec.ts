import { redact } from '@waxwatch/platform/logging';
import fc from 'fast-check';
import { z } from 'zod';
import { anyCall, clientTools, refusalOf } from '../../../../test/simulators/client-tools';
import { HttpSimulator, type Reply, type SimulatedRequest } from '../../../../test/simulators/http-simulator';
import { ProviderHttp } from './provider-http';

type Manner = 'refusal' | 'page' | 'other shape' | 'cut JSON' | 'redirect';

/** Repeats everything that it was told, which is the worst that a provider can do. */
class EchoSimulator extends HttpSimulator {
  manner: Manner = 'refusal';

  protected override answer({ headers, body, query }: SimulatedRequest): Reply {
    const said = JSON.stringify({ headers, body, query: [...query] });
    switch (this.manner) {
      case 'refusal':
        return { status: 403, headers: { 'x-said': encodeURIComponent(said) }, body: { message: said } };
      case 'page':
        return { status: 502, body: `<html>${said}</html>`, contentType: 'text/html' };
      case 'other shape':
        return { status: 200, body: { not_ok: said } };
      case 'cut JSON':
        return { status: 200, body: said.slice(0, -1), contentType: 'application/json' };
      case 'redirect':
        return {
          status: 302,
          headers: { location: `https://example.org/?said=${encodeURIComponent(said)}` },
          body: '',
        };
    }
  }

  protected override decorate(reply: Reply): Reply {
    return reply;
  }

  protected override spoil(_kind: string, reply: Reply): Reply {
    return reply;
  }

  protected override controls() {
    return {};
  }

  protected override clearData(): void {
    // There is none.
  }
}

const secret = fc.stringMatching(/^[A-Za-z0-9]{24}$/);
const manner = fc.constantFrom<Manner>('refusal', 'page', 'other shape', 'cut JSON', 'redirect');
const place = fc.constantFrom('authorization', 'header', 'form', 'query', 'path', 'base URL');

describe('a failed exchange with a provider', () => {
  const simulator = new EchoSimulator();
  beforeAll(() => simulator.start());
  afterAll(() => simulator.stop());

  it('leaves no secret in the error, its log line or the record of the call', async () => {
    await fc.assert(
      fc.asyncProperty(secret, manner, place, async (value, how, where) => {
        simulator.manner = how;
        const tools = clientTools();
        const http = new ProviderHttp(
          {
            provider: 'discogs',
            baseUrl: where === 'base URL' ? `${simulator.url}/${value}` : simulator.url,
            timeoutMs: 5_000,
            maxAttempts: 2,
            retryBaseDelayMs: 1,
            retryMaxDelayMs: 1,
            headers: where === 'header' ? { 'x-api-key': value } : {},
            throttledForMs: 1_000,
          },
          tools,
        );
        const call = {
          path: where === 'path' ? `/things/${value}` : '/things/1',
          endpoint: '/things/{id}',
          schema: z.object({ ok: z.literal(true) }),
          ...(where === 'authorization' ? { authorization: () => `Bearer ${value}` } : {}),
          ...(where === 'form' ? { method: 'POST' as const, form: { client_secret: value } } : {}),
          ...(where === 'query' ? { query: { q: value } } : {}),
        };
        try {
          const error = await refusalOf(http.call(call, anyCall()));

          const told = [
            error.message,
            String(error),
            JSON.stringify(error),
            JSON.stringify(redact({ err: error })),
          ];
          expect(`${told.join('\n')}\n${JSON.stringify(tools.requests.attempts)}`).not.toContain(value);
          expect(tools.requests.attempts.length).toBeGreaterThan(0);
        } finally {
          await http.close();
        }
      }),
      { numRuns: 150 },
    );
  });
});
