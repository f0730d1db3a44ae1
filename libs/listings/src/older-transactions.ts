import type { Database } from '@waxwatch/platform/database';
import { NEXT_TRANSACTION, OLDEST_TRANSACTION } from './backfills.sql';

const WAIT_MS = 10_000;
const STEP_MS = 20;

/** Nothing is wrong with the backfill; its turn comes later. */
export class OlderTransactionsRunning extends Error {}

/**
 * A batch that looked at the rules before a new one was committed may still be about to commit its listings. Once every
 * transaction that had begun by now has ended, what they stored is there to be found.
 * @throws OlderTransactionsRunning after ten seconds
 */
export async function waitForOlderTransactions(db: Database): Promise<void> {
  const [next] = await db.rows<{ xid: number }>(NEXT_TRANSACTION);
  const giveUpAt = Date.now() + WAIT_MS;
  for (;;) {
    const [oldest] = await db.rows<{ xid: number }>(OLDEST_TRANSACTION);
    if (oldest && next && oldest.xid >= next.xid) return;
    if (Date.now() > giveUpAt) throw new OlderTransactionsRunning('older transactions are still running');
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
}
