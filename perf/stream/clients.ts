import { readFileSync } from 'node:fs';
import { request } from 'node:http';

/**
 * A process full of event-stream clients, so that reading does not take time from the process that is measured. It is
 * given a file with `{ url, tokens }`, says `open` once every stream has begun, and then `user-index id millis` for each
 * frame.
 */
interface Task {
  url: string;
  tokens: string[];
}

const OPENING_AT_ONCE = 50;

const send = (message: unknown): void => {
  process.send?.(message);
};

async function open(url: string, token: string, index: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const outgoing = request(`${url}/api/stream/events`, {
      agent: false,
      // The whole of 127/8 is this machine: one address alone has not enough ports.
      localAddress: `127.0.0.${2 + Math.floor(index / 20_000)}`,
      headers: { authorization: `Bearer ${token}` },
    });
    outgoing.once('error', reject);
    outgoing.once('response', (response) => {
      if (response.statusCode !== 200) {
        reject(new Error(`a stream answers ${String(response.statusCode)}`));
        return;
      }
      response.setEncoding('latin1');
      response.on('error', () => undefined);
      response.once('data', resolve);
      response.on('data', (chunk: string) => {
        const at = Date.now();
        for (const [, id] of chunk.matchAll(/"notification_id": "([^"]+)"/g)) send({ kind: 'frame', id, at });
      });
    });
    outgoing.end();
  });
}

async function main(): Promise<void> {
  const task = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Task;
  let next = 0;
  const openNext = async (): Promise<void> => {
    for (let index = next++; index < task.tokens.length; index = next++) {
      await open(task.url, task.tokens[index] ?? '', index);
    }
  };
  await Promise.all(Array.from({ length: OPENING_AT_ONCE }, openNext));
  send({ kind: 'open' });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
