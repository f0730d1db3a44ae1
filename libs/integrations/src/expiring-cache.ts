interface Entry<T> {
  value: T;
  storedAtMs: number;
}

/** A small memory of answers: bounded in number, and in age at each reading. The least recently stored goes first. */
export class ExpiringCache<K, T> {
  private readonly entries = new Map<K, Entry<T>>();

  /** @param now the current instant in milliseconds */
  constructor(
    private readonly maxEntries: number,
    private readonly now: () => number,
  ) {}

  /** The value, unless it is older than `maxAgeMs`. */
  get(key: K, maxAgeMs: number): T | undefined {
    return this.aged(key, maxAgeMs)?.value;
  }

  /** The same, with how old it is. */
  aged(key: K, maxAgeMs: number): { value: T; ageMs: number } | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    const ageMs = this.now() - entry.storedAtMs;
    return ageMs < maxAgeMs ? { value: entry.value, ageMs } : undefined;
  }

  set(key: K, value: T): void {
    this.entries.delete(key);
    this.entries.set(key, { value, storedAtMs: this.now() });
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= this.maxEntries) break;
      this.entries.delete(oldest);
    }
  }
}
