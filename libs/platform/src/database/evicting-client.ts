import { Client, type ClientConfig } from 'pg';

/**
 * A client that drops its connection once a query has timed out. The server process behind it may hang for
 * ever, and the pool would hand out the same dead connection again and again.
 */
export class EvictingClient extends Client {
  constructor(config?: ClientConfig) {
    super(config);
    const query = this.query.bind(this) as (...args: unknown[]) => unknown;
    const evicting = (...args: unknown[]): unknown => {
      const result = query(...args);
      if (result instanceof Promise) {
        result.catch((error: unknown) => {
          if (error instanceof Error && error.message.includes('Query read timeout')) this.dropConnection();
        });
      }
      return result;
    };
    this.query = evicting as typeof this.query;
  }

  private dropConnection(): void {
    this.end().catch(() => undefined);
    this.connection.stream.destroy();
  }
}
