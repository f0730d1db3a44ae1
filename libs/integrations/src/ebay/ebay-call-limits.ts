import { Injectable, Logger } from '@nestjs/common';
import { z } from 'zod';
import { ProviderBudget } from '../budget/provider-budget';
import type { ProviderCall } from '../listing-provider';
import { isProviderError } from '../provider-error';
import type { EbayApi } from './ebay-api';
import { msUntilPacificMidnight } from './ebay-refusal';

const ENDPOINT = '/developer/analytics/v1_beta/rate_limit/';
const TIMEOUT_MS = 15_000;
const DAY_SECONDS = 86_400;

const count = z.number().int().nonnegative();
const rateSchema = z.object({
  limit: count.optional().catch(undefined),
  remaining: count.optional().catch(undefined),
  count: count.optional().catch(undefined),
  reset: z.iso.datetime({ offset: true }).optional().catch(undefined),
  timeWindow: z.number().optional().catch(undefined),
});
const answerSchema = z.object({
  rateLimits: z.array(
    z.object({
      apiName: z.string(),
      resources: z.array(z.object({ name: z.string(), rates: z.array(rateSchema) })),
    }),
  ),
});
type Answer = z.infer<typeof answerSchema>;

/** Calls to the Browse API that eBay still allows, until its counter starts anew. */
export interface EbayCallsLeft {
  remaining: number;
  resetAt: Date;
}

/**
 * eBay's own count of our calls, from its Analytics API, which has an allowance apart. Others may use the same keyset,
 * and our count may be lost, so that eBay knows better how many calls are left.
 */
@Injectable()
export class EbayCallLimits {
  private readonly logger = new Logger('ebay-call-limits');

  constructor(
    private readonly api: EbayApi,
    private readonly budget: ProviderBudget,
    private readonly now: () => Date,
  ) {}

  /** Corrects our budget. That eBay does not say is logged and changes nothing. */
  async refresh(signal: AbortSignal = new AbortController().signal): Promise<void> {
    try {
      const left = await this.read({
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
        priority: 'background',
        userId: null,
      });
      if (left === null) this.logger.warn({ event: 'ebay_call_limits.unreadable' });
      else this.budget.correct('ebay', left.remaining, left.resetAt);
    } catch (error) {
      if (!isProviderError(error)) throw error;
      this.logger.warn({ event: 'ebay_call_limits.unavailable', kind: error.kind, err: error });
    }
  }

  /** Null when the answer has no count of the Browse API. Throws `ProviderError`. */
  async read(call: ProviderCall): Promise<EbayCallsLeft | null> {
    const { data } = await this.api.request(
      {
        path: ENDPOINT,
        endpoint: ENDPOINT,
        query: { api_context: 'buy', api_name: 'browse' },
        schema: answerSchema,
        isUnbudgeted: true,
        isApart: true,
      },
      call,
    );
    return callsLeft(data, this.now());
  }
}

/** The spelling of the resource is not documented; what counts another one, `getItems`, has "bulk" in its name. */
function callsLeft(answer: Answer, now: Date): EbayCallsLeft | null {
  const resources = answer.rateLimits
    .filter(({ apiName }) => apiName.toLowerCase() === 'browse')
    .flatMap((api) => api.resources)
    .filter(({ name }) => !/bulk|get_?items/i.test(name));
  const resource = resources.find(({ name }) => name === 'buy.browse') ?? resources[0];
  const rate = resource?.rates.find(({ timeWindow = DAY_SECONDS }) => timeWindow === DAY_SECONDS);
  const { limit, count: used } = rate ?? {};
  const remaining = rate?.remaining ?? (limit === undefined || used === undefined ? null : limit - used);
  if (remaining === null) return null;
  const resetAt = rate?.reset ? new Date(rate.reset) : new Date(now.getTime() + msUntilPacificMidnight(now));
  return { remaining: Math.max(remaining, 0), resetAt };
}
