import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Repeats an assertion until it passes and returns what it returned; its last failure is thrown when the time is up.
 * @example await eventually(async () => expect(await countOf('notifications')).toBe(2));
 */
export async function eventually<T>(
  assertion: () => T | Promise<T>,
  { timeoutMs = 5000, intervalMs = 25 }: { timeoutMs?: number; intervalMs?: number } = {},
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (Date.now() + intervalMs > deadline) throw error;
    }
    await sleep(intervalMs);
  }
}
