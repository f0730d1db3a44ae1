import type { INestApplicationContext } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

type Work = (tx: EntityManager) => Promise<unknown>;

/** What a driver says when the connection breaks while it waits for an answer. */
class LostConnection extends Error {
  readonly code = 'ECONNRESET';
}

/**
 * One of the next transactions of this application commits, and its answer is lost on the way: the application cannot
 * know, and does the work again.
 * @param which 1 is the next transaction
 * @returns puts everything back, and says how many transactions have begun
 */
export function loseCommit(app: INestApplicationContext, which = 1): () => number {
  const dataSource = app.get(DataSource, { strict: false });
  const transaction = dataSource.transaction.bind(dataSource) as (work: Work) => Promise<unknown>;
  let begun = 0;
  const losing = async (work: Work): Promise<unknown> => {
    begun += 1;
    const isLost = begun === which;
    const result = await transaction(work);
    if (isLost) throw new LostConnection('read ECONNRESET');
    return result;
  };
  Object.assign(dataSource, { transaction: losing });
  return () => {
    Object.assign(dataSource, { transaction });
    return begun;
  };
}
