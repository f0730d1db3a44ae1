import { GIVEN_UP_CODES } from './given-up-codes';

const COLUMNS = `n.id, n.user_id, n.event_id, n.event_type, n.channel, n.status, n.error_code, n.attempts, n.failures,
    n.failed_at, n.created_at`;
const IS_GIVEN_UP = `n.error_code IN ${GIVEN_UP_CODES} AND n.status = 'failed'`;

/** A keyset tail follows. */
export const LIST_GIVEN_UP = `SELECT ${COLUMNS} FROM notifications n WHERE ${IS_GIVEN_UP}`;

/** $1 id. As if it had just been written, with all attempts before it. */
export const REPLAY = `
  UPDATE notifications n
  SET status = 'pending', due_at = now(), attempts = 0, failures = 0, failing_since = NULL, failed_at = NULL,
    error_code = NULL, updated_at = now()
  WHERE n.id = $1 AND ${IS_GIVEN_UP}
  RETURNING ${COLUMNS}`;
