import type { INestApplication } from '@nestjs/common';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '../../../../test/support/eventually';
import { Lifecycle } from './lifecycle';
import { runUntilSignal } from './run-until-signal';

/** What the function needs of an application, with a real server. */
class App {
  readonly lifecycle = new Lifecycle();
  readonly log: string[] = [];
  readonly server: Server;

  constructor(answer: (respond: () => void) => void) {
    this.server = createServer((_request, response) => answer(() => response.end('ok')));
    this.lifecycle.onDrain('work', 'work', async () => {
      await Promise.resolve();
      this.log.push('drained');
    });
    this.server.on('close', () => this.log.push('server closed'));
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  asNest(): INestApplication {
    return {
      get: () => this.lifecycle,
      getHttpServer: () => this.server,
      close: async () => {
        await Promise.resolve();
        this.log.push('app closed');
      },
    } as unknown as INestApplication;
  }
}

describe('runUntilSignal', () => {
  let signal: (name: 'SIGTERM' | 'SIGINT') => void;
  let exited: Promise<number>;
  /** It outlives the process that it watches, but must not outlive these tests. */
  let watchdog: { timer: NodeJS.Timeout; bite: () => void } | undefined;

  beforeEach(() => {
    const start = setTimeout;
    jest.spyOn(global, 'setTimeout').mockImplementation((work: () => void, ms?: number) => {
      const timer = start(work, ms);
      if (ms === 25_000) watchdog = { timer, bite: work };
      return timer;
    });
    const handlers = new Map<string | symbol, () => void>();
    jest.spyOn(process, 'on').mockImplementation((name, handler) => {
      handlers.set(name, handler as () => void);
      return process;
    });
    signal = (name) => handlers.get(name)?.();
    exited = new Promise((resolve) => {
      jest.spyOn(process, 'exit').mockImplementation((code) => {
        resolve(Number(code));
        return undefined as never;
      });
    });
  });

  afterEach(() => {
    clearTimeout(watchdog?.timer);
    watchdog = undefined;
    jest.restoreAllMocks();
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('stops in order at %s and exits with 0', async (name) => {
    const app = new App((respond) => respond());
    await app.listen();
    runUntilSignal(app.asNest(), 0, async () => {
      await Promise.resolve();
      app.log.push('released');
    });

    signal(name);

    expect(await exited).toBe(0);
    expect(app.log).toEqual(['drained', 'server closed', 'app closed', 'released']);
  });

  it('goes on answering while load balancers notice', async () => {
    const app = new App((respond) => respond());
    const url = await app.listen();
    runUntilSignal(app.asNest(), 0.2);

    signal('SIGTERM');

    expect(app.lifecycle.isDraining).toBe(true);
    expect((await fetch(url)).status).toBe(200);
    expect(app.log).toEqual([]);
    expect(await exited).toBe(0);
  });

  it('lets a running request end', async () => {
    let respond: (() => void) | undefined;
    const app = new App((answer) => (respond = answer));
    const answered = fetch(await app.listen());
    await eventually(() => expect(respond).toBeDefined());
    runUntilSignal(app.asNest(), 0);

    signal('SIGTERM');
    await eventually(() => expect(app.log).toEqual(['drained']));
    respond?.();

    expect((await answered).status).toBe(200);
    expect(await exited).toBe(0);
  });

  it('stops once, however often it is told', async () => {
    const app = new App((respond) => respond());
    await app.listen();
    runUntilSignal(app.asNest(), 0);

    signal('SIGTERM');
    signal('SIGINT');
    signal('SIGTERM');
    await exited;

    expect(app.log.filter((line) => line === 'drained')).toHaveLength(1);
  });

  it('exits with 1 when closing fails', async () => {
    const app = new App((respond) => respond());
    await app.listen();
    runUntilSignal(
      { ...app.asNest(), close: async () => await Promise.reject(new Error('no')) } as INestApplication,
      0,
    );

    signal('SIGTERM');

    expect(await exited).toBe(1);
  });

  it('exits with 1 after 25 seconds, whatever is left', async () => {
    const app = new App((respond) => respond());
    app.lifecycle.onDrain('work', 'endless', async () => await new Promise(() => undefined));
    runUntilSignal(app.asNest(), 0);
    expect(watchdog).toBeUndefined();

    signal('SIGTERM');
    watchdog?.bite();

    expect(await exited).toBe(1);
  });
});
