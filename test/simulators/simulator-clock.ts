/** The simulator's own time: runs like the real one, and can be moved or stopped. */
export class SimulatorClock {
  private offsetMs = 0;
  private stoppedAtMs: number | null = null;

  nowMs(): number {
    return this.stoppedAtMs ?? Date.now() + this.offsetMs;
  }

  now(): Date {
    return new Date(this.nowMs());
  }

  advance(ms: number): void {
    if (this.stoppedAtMs === null) this.offsetMs += ms;
    else this.stoppedAtMs += ms;
  }

  /** Moves to an instant and runs on from there. */
  set(instant: Date): void {
    this.stoppedAtMs = null;
    this.offsetMs = instant.getTime() - Date.now();
  }

  /** Moves to an instant and stays there. */
  stopAt(instant: Date): void {
    this.stoppedAtMs = instant.getTime();
  }

  reset(): void {
    this.offsetMs = 0;
    this.stoppedAtMs = null;
  }
}
