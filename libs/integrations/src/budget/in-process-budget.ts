import type { ProviderName } from '../listing-provider';
import {
  budgetExhausted,
  ProviderBudget,
  remainingCalls,
  shareOf,
  type AnswerHeaders,
  type BudgetLimit,
  type BudgetLimits,
  type BudgetUse,
  type CallPriority,
} from './provider-budget';

/** A budget for a process that is alone: the instants of its calls in a moving window. */
export class InProcessBudget extends ProviderBudget {
  private readonly calls = new Map<ProviderName, number[]>();

  /** @param now the current instant in milliseconds */
  constructor(
    private readonly limits: BudgetLimits,
    private readonly now: () => number,
  ) {
    super();
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- throwing must reject
  override async take(provider: ProviderName, priority: CallPriority): Promise<void> {
    const limit = this.limits[provider];
    if (!limit) return;
    const calls = this.window(provider, limit);
    const share = shareOf(limit, priority);
    const blocking = calls.length - share;
    if (blocking >= 0) {
      const freeAt = (calls[blocking] ?? this.now()) + limit.windowMs;
      throw budgetExhausted(provider, freeAt - this.now());
    }
    calls.push(this.now());
  }

  override observe(provider: ProviderName, headers: AnswerHeaders): void {
    const limit = this.limits[provider];
    const remaining = remainingCalls(headers);
    if (!limit || remaining === null) return;
    const calls = this.window(provider, limit);
    for (let left = limit.limit - calls.length; left > remaining; left--) calls.push(this.now());
  }

  override use(provider: ProviderName): Promise<BudgetUse | null> {
    const limit = this.limits[provider];
    if (!limit) return Promise.resolve(null);
    const used = this.window(provider, limit).length;
    return Promise.resolve({ used, limit: limit.limit, windowMs: limit.windowMs });
  }

  /** Counts a call that was granted elsewhere. */
  note(provider: ProviderName): void {
    const limit = this.limits[provider];
    if (!limit) return;
    const calls = this.window(provider, limit);
    if (calls.length < limit.limit) calls.push(this.now());
  }

  private window(provider: ProviderName, { windowMs }: BudgetLimit): number[] {
    const calls = this.calls.get(provider) ?? [];
    const begin = this.now() - windowMs;
    const firstInside = calls.findIndex((at) => at > begin);
    calls.splice(0, firstInside === -1 ? calls.length : firstInside);
    this.calls.set(provider, calls);
    return calls;
  }
}
