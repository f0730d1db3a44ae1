import { createServer } from 'node:http';
import { Pool } from 'pg';
import { wireTypes } from '../../libs/platform/src/database/wire-types';

/**
 * The baseline: `node:http` and `pg` and nothing else. It answers every request with the first page of one user's
 * rules, by the statement that the API runs, as the JSON that the API sends.
 */
const [databaseUrl, userId, poolSize, sql] = process.argv.slice(2);

const pool = new Pool({ connectionString: databaseUrl, max: Number(poolSize), types: wireTypes });

const server = createServer((_request, response) => {
  pool.query(sql ?? '', [userId, 51, 0]).then(
    ({ rows }) => {
      const body = JSON.stringify(rows.slice(0, 50));
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      });
      response.end(body);
    },
    (error: unknown) => {
      response.writeHead(500);
      response.end(String(error));
    },
  );
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' && address ? address.port : 0}\n`);
});
