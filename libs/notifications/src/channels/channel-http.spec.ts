import { SystemClock } from '@waxwatch/platform/clock';
import { Resolver } from 'node:dns/promises';
import { createServer } from 'node:net';
import { DnsSimulator } from '../../../../test/simulators/dns/dns-simulator';
import { eventually } from '../../../../test/support/eventually';
import { ChannelHttp } from './channel-http';
import { ChannelError } from './channel-sender';
import { NameResolver, PrivateAddressError, PublicNames } from './public-address';

describe('posts to addresses that users give', () => {
  const dns = new DnsSimulator();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  let url: string;
  let opened: ChannelHttp[] = [];

  /** Asks our name server instead of the system's; names in hosts files are not known here. */
  class TestResolver extends NameResolver {
    protected override newResolver(): Resolver {
      const resolver = super.newResolver();
      resolver.setServers([dns.address]);
      return resolver;
    }
  }

  beforeAll(async () => {
    await dns.start();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    url = `https://hooks.example:${address.port}/x`;
  });
  beforeEach(() => {
    dns.reset();
  });
  afterEach(async () => {
    for (const http of opened) await http.beforeApplicationShutdown();
    opened = [];
  });
  afterAll(async () => {
    await dns.stop();
    await new Promise((resolve) => server.close(resolve));
  });

  const post = async (signal = AbortSignal.timeout(5_000)): Promise<unknown> => {
    const http = new ChannelHttp(new SystemClock(), { CHANNEL_TRUSTED_ORIGINS: [] }, new TestResolver());
    opened.push(http);
    const call = { url, headers: {}, body: '{}', secrets: [], gone: [] };
    return await http.post(call, signal).catch((error: unknown) => error);
  };

  it.each([
    ['this machine', ['127.0.0.1']],
    ['a private network', ['10.0.0.8']],
    ["the cloud's metadata", ['169.254.169.254']],
    ['this machine in IPv6', ['::1']],
    ['this machine as a mapped address', ['::ffff:127.0.0.1']],
    ['a private address behind a public one', ['93.184.215.14', '127.0.0.1']],
    ['a private address of the other kind', ['93.184.215.14', 'fd00::1']],
  ])('refuse a public name that stands for %s, without connecting', async (_what, addresses) => {
    dns.give('hooks.example', addresses);

    const error = await post();

    expect(error).toBeInstanceOf(ChannelError);
    expect(error).toMatchObject({ code: 'address_refused', isRetryable: false });
    expect(new Set(dns.asked)).toEqual(new Set(['A hooks.example', 'AAAA hooks.example']));
    expect(connections).toBe(0);
  });

  it('may be tried again when the name is not known for the moment', async () => {
    dns.fail('A hooks.example');
    dns.fail('AAAA hooks.example');

    expect(await post()).toMatchObject({ code: 'unreachable', isRetryable: true, detail: 'ESERVFAIL' });
  });

  it('may be tried again when there is no such name', async () => {
    expect(await post()).toMatchObject({ code: 'unreachable', isRetryable: true, detail: 'ENOTFOUND' });
  });

  it('stop asking a name server that keeps silent when the time of the send is up', async () => {
    dns.silence('hooks.example');
    const deadline = new AbortController();
    const posted = post(deadline.signal);
    await eventually(() => {
      expect(dns.asked).toHaveLength(2);
    });

    deadline.abort();

    expect(await posted).toMatchObject({ code: 'unreachable', isRetryable: true, detail: 'ECANCELLED' });
  });

  it('ask nobody when their time is up already', async () => {
    expect(await post(AbortSignal.abort())).toMatchObject({ code: 'unreachable', isRetryable: true });
    expect(dns.asked).toEqual([]);
  });

  describe('to public names', () => {
    const inUse = () => AbortSignal.timeout(5_000);
    const lookUp = async (names: PublicNames): Promise<unknown> =>
      await new Promise((resolve) => {
        names.lookup('hooks.example', { all: true }, (error, addresses) => {
          resolve(error ?? addresses);
        });
      });

    it('connect to the addresses that were checked, whatever the name stands for by then', async () => {
      dns.give('hooks.example', ['93.184.215.14', '2606:2800:21f:cb07::1']);
      const names = new PublicNames(new TestResolver());

      const found = await names.during('hooks.example', inUse(), async () => {
        dns.give('hooks.example', ['127.0.0.1']);
        return await lookUp(names);
      });

      expect(found).toEqual([
        { address: '93.184.215.14', family: 4 },
        { address: '2606:2800:21f:cb07::1', family: 6 },
      ]);
      expect(dns.asked).toHaveLength(2);
    });

    it('take the addresses of one kind where the server has trouble with the other', async () => {
      dns.give('hooks.example', ['93.184.215.14']);
      dns.fail('AAAA hooks.example');
      const names = new PublicNames(new TestResolver());

      const found = await names.during('hooks.example', inUse(), async () => await lookUp(names));

      expect(found).toEqual([{ address: '93.184.215.14', family: 4 }]);
    });

    it('connect to nothing once the call is over', async () => {
      dns.give('hooks.example', ['93.184.215.14']);
      const names = new PublicNames(new TestResolver());
      await names.during('hooks.example', inUse(), async () => await lookUp(names));

      expect(await lookUp(names)).toBeInstanceOf(PrivateAddressError);
    });
  });
});
