import type { ProviderName } from '../listing-provider';
import {
  allowanceOf,
  budgetExhausted,
  ProviderBudget,
  remainingCalls,
  shareOf,
  standBackMs,
  type AnswerHeaders,
  type BudgetAllowance,
  type BudgetLimit,
  type BudgetLimits,
  type BudgetRoom,
  type BudgetUse,
  type CallPriority,
} from './provider-budget';

/** A budget for a process that is alone: the instants of its calls in a moving window. */
export class InProcessBudget extends ProviderBudget {
  private readonly calls = new Map<ProviderName, number[]>();
  private readonly standBackUntil = new Map<ProviderName, number>();

  /** @param now the current instant in milliseconds */
  constructor(
    private readonly limits: BudgetLimits,
    private readonly now: () => number,
  ) {
    super();
  }

  override async take(provider: ProviderName, priority: CallPriority): Promise<void> {
    const limit = this.limits[provider];
    const room = await this.room(provider, priority);
    if (!limit || !room) return;
    const isInteractive = priority === 'interactive';
    if (room.calls > 0) {
      this.window(provider, limit).push(this.now());
      if (isInteractive) this.standBackUntil.delete(provider);
      return;
    }
    if (isInteractive) this.standBackUntil.set(provider, this.now() + standBackMs(limit));
    throw budgetExhausted(provider, room.freeInMs);
  }

  override room(provider: ProviderName, priority: CallPriority): Promise<BudgetRoom | null> {
    const limit = this.limits[provider];
    return Promise.resolve(limit ? this.roomIn(provider, limit, priority) : null);
  }

  override allowance(provider: ProviderName, priority: CallPriority): BudgetAllowance | null {
    return allowanceOf(this.limits[provider], priority);
  }

  override observe(provider: ProviderName, headers: AnswerHeaders): void {
    const limit = this.limits[provider];
    const remaining = remainingCalls(headers);
    if (!limit || remaining === null) return;
    const calls = this.window(provider, limit);
    for (let left = limit.limit - calls.length; left > remaining; left--) calls.push(this.now());
  }

  override correct(provider: ProviderName, remaining: number, resetAt: Date): void {
    const limit = this.limits[provider];
    const resetInMs = resetAt.getTime() - this.now();
    if (!limit || resetInMs <= 0) return;
    const calls = this.window(provider, limit);
    // Calls of others, placed so that they leave the window when the provider forgets them.
    const at = this.now() - limit.windowMs + Math.min(resetInMs, limit.windowMs);
    for (let left = limit.limit - calls.length; left > remaining; left--) calls.push(at);
    calls.sort((a, b) => a - b);
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

  private roomIn(provider: ProviderName, limit: BudgetLimit, priority: CallPriority): BudgetRoom {
    const calls = this.window(provider, limit);
    const blocking = calls.length - shareOf(limit, priority);
    const begin = priority === 'background' ? (this.standBackUntil.get(provider) ?? 0) : 0;
    const freeAt = blocking < 0 ? 0 : (calls[blocking] ?? this.now()) + limit.windowMs;
    const freeInMs = Math.max(freeAt, begin) - this.now();
    return freeInMs > 0 ? { calls: 0, freeInMs } : { calls: Math.max(-blocking, 1), freeInMs: 0 };
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
