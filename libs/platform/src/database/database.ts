import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Pool } from 'pg';
import { DataSource, type EntityManager } from 'typeorm';
import { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver';
import { isRetryable } from './sql-state';
import { asText } from './wire-types';

const MAX_ATTEMPTS = 3;
const RETRY_DELAY_MS = 25;

/** Plain SQL on the shared pool, for statements that are worth reading as SQL. */
@Injectable()
export class Database {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** One statement in its own transaction, straight on the pool. */
  async rows<T>(sql: string, params: readonly unknown[] = []): Promise<T[]> {
    const result = await this.pool.query(sql, [...params]);
    return result.rows as T[];
  }

  /** One statement on the pool whose values stay PostgreSQL's text; for lists that go out as they come. */
  async texts(sql: string, params: readonly unknown[] = []): Promise<(string | null)[][]> {
    const result = await this.pool.query<(string | null)[]>({
      text: sql,
      values: [...params],
      rowMode: 'array',
      types: asText,
    });
    return result.rows;
  }

  /**
   * A unit of work. It is run again, at most three times in all, when PostgreSQL says that a deadlock, a
   * serialisation failure or a lost connection undid it; so it must not do anything that cannot be undone.
   */
  async transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.dataSource.transaction(work);
      } catch (error) {
        if (attempt >= MAX_ATTEMPTS || !isRetryable(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS * attempt * (1 + Math.random())));
      }
    }
  }

  /** Connections in use and allowed, and callers waiting for one. */
  poolUse(): { used: number; size: number; waiting: number } {
    const { totalCount, idleCount, waitingCount, options } = this.pool;
    return { used: totalCount - idleCount, size: options.max, waiting: waitingCount };
  }

  private get pool(): Pool {
    const { driver } = this.dataSource;
    if (!(driver instanceof PostgresDriver)) throw new Error('WaxWatch runs on PostgreSQL only');
    return driver.master as Pool;
  }
}

/** One statement inside the caller's transaction; always the rows, whatever the command. */
export async function rowsIn<T>(
  tx: EntityManager,
  sql: string,
  params: readonly unknown[] = [],
): Promise<T[]> {
  if (!tx.queryRunner) throw new Error('rowsIn needs the entity manager of a transaction');
  const result = await tx.queryRunner.query(sql, [...params], true);
  return result.records as T[];
}
