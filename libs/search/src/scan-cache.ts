import type { ProviderScan } from './provider-scan';

interface Entry {
  scan: ProviderScan;
  expiresAtMs: number;
}

/** Recent scans, so that turning a page or moving a price slider does not ask the providers again. */
export class ScanCache {
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly now: () => number,
    private readonly ttlMs: number,
    private readonly capacity: number,
  ) {}

  /** The scan under `key`, or a new one; the oldest makes room. */
  getOrStart(key: string, start: () => ProviderScan): ProviderScan {
    const nowMs = this.now();
    const known = this.entries.get(key);
    if (known && known.expiresAtMs > nowMs) return known.scan;
    this.entries.delete(key);
    this.makeRoom(nowMs);
    const scan = start();
    this.entries.set(key, { scan, expiresAtMs: nowMs + this.ttlMs });
    return scan;
  }

  /** Forgets a scan that failed; another one under the same key stays. */
  drop(key: string, scan: ProviderScan): void {
    if (this.entries.get(key)?.scan === scan) this.entries.delete(key);
  }

  get size(): number {
    return this.entries.size;
  }

  /** Entries stand in the order in which they expire. */
  private makeRoom(nowMs: number): void {
    for (const [key, { expiresAtMs }] of this.entries) {
      if (expiresAtMs > nowMs && this.entries.size < this.capacity) return;
      this.entries.delete(key);
    }
  }
}
