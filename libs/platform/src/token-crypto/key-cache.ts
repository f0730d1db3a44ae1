interface Entry<T> {
  value: Promise<T>;
  until: number;
}

/** Keeps keys for a while, the newest so many, and lets callers at the same time share one call. */
export class KeyCache<T> {
  private readonly entries = new Map<string, Entry<T>>();

  constructor(
    private readonly size: number,
    private readonly lifeMs: number,
    private readonly now: () => number,
  ) {}

  /** The kept value, or that of `make`. A failure is not kept. */
  async get(name: string, make: () => Promise<T>): Promise<T> {
    const known = this.entries.get(name);
    if (known && known.until > this.now()) return await known.value;
    this.entries.delete(name);
    const entry = { value: make(), until: this.now() + this.lifeMs };
    this.entries.set(name, entry);
    const [oldest] = this.entries.keys();
    if (this.entries.size > this.size && oldest !== undefined) this.entries.delete(oldest);
    try {
      return await entry.value;
    } catch (error) {
      if (this.entries.get(name) === entry) this.entries.delete(name);
      throw error;
    }
  }
}
