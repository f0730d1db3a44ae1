import { once } from 'node:events';
import { createServer, IncomingMessage, type Server, ServerResponse } from 'node:http';
import { type AddressInfo, connect, Socket } from 'node:net';
import { eventually } from '../../../test/support/eventually';
import { type CloseReason, EventStream } from './event-stream';

/** More than the buffers of two sockets take. */
const UNREAD = 'x'.repeat(16 * 1024 * 1024);

describe('an event stream whose client does not read', () => {
  let server: Server;
  let client: Socket;
  let stream: EventStream;
  let response: ServerResponse;
  const reasons: CloseReason[] = [];

  beforeEach(async () => {
    reasons.length = 0;
    server = createServer((_request, answer) => {
      response = answer;
      stream = new EventStream('user', answer, (_stream, reason) => reasons.push(reason));
      stream.start({ after: 0 });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    client.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await once(client, 'data');
    client.pause();
  });
  afterEach(() => {
    client.destroy();
    server.close();
  });

  const connections = async (): Promise<number> =>
    await new Promise((resolve, reject) => {
      server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
    });

  it('is cut off when too much is unread', async () => {
    stream.write(UNREAD);
    stream.write('more');

    expect(reasons).toEqual(['slow']);
    await eventually(async () => expect(await connections()).toBe(0));
  });

  it('is not kept in memory after it has ended for another reason', async () => {
    stream.write(UNREAD);
    stream.close('age', 2000);

    expect(reasons).toEqual(['age']);
    expect(response.writableLength).toBeGreaterThan(0);
    await eventually(async () => expect(await connections()).toBe(0), { timeoutMs: 15_000 });
  }, 20_000);
});

describe('an event stream', () => {
  it('writes each frame once, also when rows are read for another that is further behind', () => {
    const response = new ServerResponse(new IncomingMessage(new Socket()));
    const stream = new EventStream('user', response, () => undefined);
    stream.start({ after: 2 });
    const frames = [1, 2, 3, 4].map((id) => ({ id, text: `id: ${id}\n\n` }));

    expect(stream.deliver(frames)).toBe(2);
    expect(stream.deliver(frames)).toBe(0);
    expect(stream.position).toBe(4);
  });
});
