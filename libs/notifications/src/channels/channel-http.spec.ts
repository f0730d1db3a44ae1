import { SystemClock } from '@waxwatch/platform/clock';
import { createServer } from 'node:net';
import { ChannelHttp } from './channel-http';
import { ChannelError } from './channel-sender';
import { NameResolver } from './public-address';

/** A resolver that answers what it is told, and remembers what it was asked. */
class TestResolver extends NameResolver {
  readonly asked: string[] = [];
  override readonly lookup: NameResolver['lookup'];

  constructor(answer: NameResolver['lookup']) {
    super();
    this.lookup = (name, options, callback) => {
      this.asked.push(name);
      answer(name, options, callback);
    };
  }
}

const resolvingTo = (addresses: readonly string[]): TestResolver =>
  new TestResolver((_name, _options, callback) => {
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  });

describe('posts to addresses that users give', () => {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  let url: string;
  let opened: ChannelHttp[] = [];

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    url = `https://hooks.example:${address.port}/x`;
  });
  afterEach(async () => {
    for (const http of opened) await http.beforeApplicationShutdown();
    opened = [];
  });
  afterAll(async () => await new Promise((resolve) => server.close(resolve)));

  const post = async (resolver: NameResolver, to: string): Promise<unknown> => {
    const http = new ChannelHttp(new SystemClock(), { CHANNEL_TRUSTED_ORIGINS: [] }, resolver);
    opened.push(http);
    const call = { url: to, headers: {}, body: '{}', secrets: [], gone: [] };
    return await http.post(call, AbortSignal.timeout(5_000)).catch((error: unknown) => error);
  };

  it.each([
    ['this machine', ['127.0.0.1']],
    ['a private network', ['10.0.0.8']],
    ["the cloud's metadata", ['169.254.169.254']],
    ['this machine in IPv6', ['::1']],
    ['this machine as a mapped address', ['::ffff:127.0.0.1']],
    ['a private address behind a public one', ['93.184.215.14', '127.0.0.1']],
    ['nothing', []],
  ])('refuse a public name that stands for %s, without connecting', async (_what, addresses) => {
    const resolver = resolvingTo(addresses);

    const error = await post(resolver, url);

    expect(error).toBeInstanceOf(ChannelError);
    expect(error).toMatchObject({ code: 'address_refused', isRetryable: false });
    expect(resolver.asked).toEqual(['hooks.example']);
    expect(connections).toBe(0);
  });

  it('refuse what the system itself resolves to this machine', async () => {
    const system = new NameResolver();
    const alias = new TestResolver((_name, options, callback) => {
      system.lookup('localhost', options, callback);
    });

    expect(await post(alias, url)).toMatchObject({ code: 'address_refused' });
    expect(connections).toBe(0);
  });

  it('may be tried again when the name is not known for the moment', async () => {
    const failing = new TestResolver((_name, _options, callback) => {
      callback(Object.assign(new Error('no answer'), { code: 'EAI_AGAIN' }), []);
    });

    expect(await post(failing, url)).toMatchObject({
      code: 'unreachable',
      isRetryable: true,
      detail: 'EAI_AGAIN',
    });
  });
});
