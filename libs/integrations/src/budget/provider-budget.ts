import type { ProviderCall, ProviderName } from '../listing-provider';
import { ProviderError, providerLabel } from '../provider-error';

export type CallPriority = ProviderCall['priority'];

/** How many calls a provider may get within any window of this length. */
export interface BudgetLimit {
  limit: number;
  windowMs: number;
  /** Calls of `limit` that only interactive calls may use. */
  reserved: number;
}

export type BudgetLimits = Partial<Record<ProviderName, BudgetLimit>>;

/**
 * A second more than the minute in which Discogs counts. A call is counted there when it arrives, which is later than
 * it was granted, and for some calls later than for others: those of a new window would meet stragglers of the last.
 */
export const DISCOGS_WINDOW_MS = 61_000;

export interface BudgetUse {
  used: number;
  limit: number;
  windowMs: number;
}

/** Calls that a priority may make now, and how long until there is more room when there is none. */
export interface BudgetRoom {
  calls: number;
  /** 0 while `calls` is more than 0. */
  freeInMs: number;
}

/** Calls that a priority may make in any window of this length. */
export interface BudgetAllowance {
  calls: number;
  windowMs: number;
}

export type AnswerHeaders = Readonly<Record<string, string | undefined>>;

/**
 * Spends a provider's calls, so that all users together stay inside its limits. People who wait go first: besides
 * their reserve, background calls stand back for a moment after one of theirs was refused.
 */
export abstract class ProviderBudget {
  /**
   * Takes one call. Throws `ProviderError` `budget_exhausted`, with `retryAfterMs`, when the window has no room for
   * a call of this priority. Providers without a limit always have room.
   */
  abstract take(provider: ProviderName, priority: CallPriority): Promise<void>;

  /** Learns from an answer's rate-limit headers: others behind our address use up the same allowance. */
  abstract observe(provider: ProviderName, headers: AnswerHeaders): void;

  /**
   * Learns that the provider itself allows no more than `remaining` calls until its counter starts anew at `resetAt`.
   * That it would allow more than we do changes nothing.
   */
  abstract correct(provider: ProviderName, remaining: number, resetAt: Date): void;

  /** What `take` would grant now, so that nobody takes on work that it would refuse; null without a limit. */
  abstract room(provider: ProviderName, priority: CallPriority): Promise<BudgetRoom | null>;

  /** What the priority may use in the long run, whatever is used now; null without a limit. */
  abstract allowance(provider: ProviderName, priority: CallPriority): BudgetAllowance | null;

  /** What of the window is used, for metrics and for stretching poll intervals; null without a limit. */
  abstract use(provider: ProviderName): Promise<BudgetUse | null>;
}

/** Calls of the window that this priority may use. */
export function shareOf({ limit, reserved }: BudgetLimit, priority: CallPriority): number {
  return priority === 'interactive' ? limit : Math.max(limit - reserved, 1);
}

/** How long background calls stand back after somebody who waits was refused. */
export function standBackMs({ windowMs }: BudgetLimit): number {
  return Math.min(windowMs / 4, 15_000);
}

export function allowanceOf(limit: BudgetLimit | undefined, priority: CallPriority): BudgetAllowance | null {
  return limit ? { calls: shareOf(limit, priority), windowMs: limit.windowMs } : null;
}

export function budgetExhausted(provider: ProviderName, retryAfterMs: number): ProviderError {
  return new ProviderError('budget_exhausted', `${providerLabel(provider)} call budget is used up`, {
    provider,
    endpoint: 'budget',
    retryAfterMs: Math.max(Math.ceil(retryAfterMs), 1),
  });
}

/** Calls left by the provider's own count; null when it does not say. Only Discogs does. */
export function remainingCalls(headers: AnswerHeaders): number | null {
  const text = headers['x-discogs-ratelimit-remaining'];
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : null;
}
