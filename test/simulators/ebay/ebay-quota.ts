import { DateTime } from 'luxon';
import type { Reply } from '../http-simulator';

/** Calls per day and keyset; the day begins at midnight US Pacific. */
export class EbayQuota {
  dailyLimit = 5_000;
  private day = '';
  private count = 0;

  constructor(private readonly now: () => Date) {}

  /** Takes one call; false when the day's calls are used up. */
  take(): boolean {
    this.turn();
    if (this.count >= this.dailyLimit) return false;
    this.count++;
    return true;
  }

  reset(): void {
    this.dailyLimit = 5_000;
    this.count = 0;
  }

  /** The Analytics API's view. */
  report(): Reply {
    this.turn();
    const rate = {
      count: this.count,
      limit: this.dailyLimit,
      remaining: Math.max(this.dailyLimit - this.count, 0),
      reset: this.pacific().plus({ days: 1 }).startOf('day').toUTC().toISO(),
      timeWindow: 86_400,
    };
    const resources = [{ name: 'buy.browse', rates: [rate] }];
    return {
      status: 200,
      body: { rateLimits: [{ apiContext: 'buy', apiName: 'browse', apiVersion: 'v1', resources }] },
    };
  }

  static exceeded(): Reply {
    const error = {
      errorId: 2001,
      domain: 'ACCESS',
      category: 'REQUEST',
      message: 'Too many requests.',
      longMessage: 'The request limit has been reached for the resource.',
    };
    return { status: 429, body: { errors: [error] } };
  }

  private turn(): void {
    const today = this.pacific().toISODate() ?? '';
    if (today !== this.day) {
      this.day = today;
      this.count = 0;
    }
  }

  private pacific(): DateTime {
    return DateTime.fromJSDate(this.now(), { zone: 'America/Los_Angeles' });
  }
}
