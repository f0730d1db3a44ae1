export type EmbeddedPostgresFault =
  'binary-missing' | 'port-in-use' | 'data-dir-in-use' | 'data-dir-broken' | 'start-failed';

/** Says in one line why the embedded PostgreSQL does not run and what would help. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';

  constructor(
    readonly fault: EmbeddedPostgresFault,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
