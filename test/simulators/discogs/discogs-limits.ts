/** Requests within a moving minute, counted by source address whatever the credential. */
export class DiscogsLimits {
  authenticatedLimit = 60;
  anonymousLimit = 25;
  /** Lets `-Used` run backwards at times, as it does on the live service under concurrency. */
  isUsedJumpy = false;
  private readonly calls = new Map<string, number[]>();
  private answers = 0;

  constructor(private readonly now: () => number) {}

  /** Counts a request; false when the window is full. */
  take(address: string, isAuthenticated: boolean): boolean {
    const window = this.window(address);
    if (window.length >= this.limit(isAuthenticated)) return false;
    window.push(this.now());
    return true;
  }

  /** Makes the window look as if others behind the address had called. */
  burn(address: string, count: number): void {
    const window = this.window(address);
    for (let call = 0; call < count; call++) window.push(this.now());
  }

  headers(address: string, isAuthenticated: boolean): Record<string, string> {
    const limit = this.limit(isAuthenticated);
    const used = Math.min(this.window(address).length, limit);
    const shown = this.isUsedJumpy && this.answers++ % 2 === 1 ? Math.max(used - 3, 0) : used;
    return {
      'x-discogs-ratelimit': String(limit),
      'x-discogs-ratelimit-used': String(shown),
      'x-discogs-ratelimit-remaining': String(limit - used),
    };
  }

  reset(): void {
    this.calls.clear();
    this.authenticatedLimit = 60;
    this.anonymousLimit = 25;
    this.isUsedJumpy = false;
  }

  private limit(isAuthenticated: boolean): number {
    return isAuthenticated ? this.authenticatedLimit : this.anonymousLimit;
  }

  private window(address: string): number[] {
    const begin = this.now() - 60_000;
    const recent = (this.calls.get(address) ?? []).filter((at) => at > begin);
    this.calls.set(address, recent);
    return recent;
  }
}
