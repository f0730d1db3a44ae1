import express, { type NextFunction, type Request, type Response } from 'express';
import request from 'supertest';
import { AppError, STATUS_OF } from '../errors/app-error';
import { checkRoute, RouteTable } from './route-table';

const done = (_request: Request, response: Response): void => void response.send('done');

function app() {
  const server = express();
  server.use(checkRoute(new RouteTable(server)));
  server.get('/api/rules', done);
  server.post('/api/rules', done);
  server.delete('/api/rules/:rule_id', done);
  server.get('/healthz', done);
  server.all('/anything', done);
  server.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (!(error instanceof AppError)) {
      next(error);
      return;
    }
    response.status(STATUS_OF[error.code]).send(error.message);
  });
  return server;
}

describe('checkRoute', () => {
  it.each<
    [method: 'get' | 'post' | 'delete' | 'put' | 'patch', path: string, status: number, allow?: string]
  >([
    ['get', '/api/rules', 200],
    ['post', '/api/rules', 200],
    ['put', '/api/rules', 405, 'GET, POST'],
    ['delete', '/api/rules', 405, 'GET, POST'],
    ['delete', '/api/rules/1', 200],
    ['get', '/api/rules/1', 405, 'DELETE'],
    ['patch', '/anything', 200],
    ['post', '/healthz', 405, 'GET'],
    ['get', '/api/nothing', 404],
    ['get', '/api/rules/1/2', 404],
  ])('%s %s answers %d', async (...[method, path, status, allow]) => {
    const response = await request(app())[method](path);

    expect([response.status, response.headers.allow]).toEqual([status, allow]);
  });

  it('counts HEAD as another method under /api only', async () => {
    expect((await request(app()).head('/api/rules')).status).toBe(405);
    expect((await request(app()).head('/healthz')).status).toBe(200);
  });

  it('leads away from a trailing slash, with the query, keeping the method', async () => {
    const { status, headers, text } = await request(app())
      .post('/api/rules/?a=1&b=/')
      .set('Host', 'wax.example');

    expect([status, text]).toEqual([307, '']);
    expect(headers.location).toBe('http://wax.example/api/rules?a=1&b=/');
  });

  it('does not redirect to what is not there, nor outside /api', async () => {
    expect((await request(app()).get('/api/nothing/')).status).toBe(404);
    expect((await request(app()).get('/healthz/')).status).toBe(200);
  });

  it('leaves a path that cannot be decoded to the router', async () => {
    expect((await request(app()).delete('/api/rules/%ZZ')).status).toBe(400);
  });
});
