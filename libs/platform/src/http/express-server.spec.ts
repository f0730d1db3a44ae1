import express from 'express';
import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createExpressServer } from './express-server';

describe('createExpressServer', () => {
  const app = express();
  let server: Server;

  beforeAll(async () => {
    app.get('/greeting', (request, response) => {
      response
        .status(201)
        .json({ host: request.get('host'), query: request.query, isOurs: request.app === app });
    });
    server = createExpressServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => server.close());

  const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/greeting?a=b`;

  it('hands over requests and responses that need no other prototype', async () => {
    const prototypes: unknown[] = [];
    // Before Express itself gets to see them.
    server.prependOnceListener('request', (request: IncomingMessage, response: ServerResponse) => {
      prototypes.push(Object.getPrototypeOf(request), Object.getPrototypeOf(response));
    });

    await fetch(url());

    expect(prototypes).toEqual([app.request, app.response]);
  });

  it('leaves them everything that Express gives them', async () => {
    const response = await fetch(url());

    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({
      host: new URL(url()).host,
      query: { a: 'b' },
      isOurs: true,
    });
  });
});
