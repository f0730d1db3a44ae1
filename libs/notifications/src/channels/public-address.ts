import { Injectable } from '@nestjs/common';
import type { LookupAddress } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Everything that RFC 6890 and its like keep from the public; 169.254/16 has the clouds' metadata. */
const CLOSED_V4 = new BlockList();
for (const range of [
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24',
  '192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4',
].flatMap((line) => line.split(' '))) {
  const [address = '', bits] = range.split('/');
  CLOSED_V4.addSubnet(address, Number(bits), 'ipv4');
}
/** Of IPv6 only 2000::/3 is public, so that mapped, translated and local addresses are out by themselves. */
const OPEN_V6 = new BlockList();
OPEN_V6.addSubnet('2000::', 3, 'ipv6');
/** Documentation, and tunnels that carry IPv4 addresses of any kind. */
const CLOSED_V6 = new BlockList();
CLOSED_V6.addSubnet('2001::', 23, 'ipv6');
CLOSED_V6.addSubnet('2001:db8::', 32, 'ipv6');
CLOSED_V6.addSubnet('2002::', 16, 'ipv6');
CLOSED_V6.addSubnet('3fff::', 20, 'ipv6');

/** Whether an IP address belongs to the public internet. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !CLOSED_V4.check(address, 'ipv4');
    case 6:
      return OPEN_V6.check(address, 'ipv6') && !CLOSED_V6.check(address, 'ipv6');
    default:
      return false;
  }
}

export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError';
}

const QUERY_TIMEOUT_MS = 1_000;
const QUERY_TRIES = 2;
const RESOLVE_TIMEOUT_MS = 3_000;

/**
 * Asks name servers what a name stands for. Not the operating system, which would look into hosts files as well: its
 * lookups each hold one of a few threads that the whole process shares, for as long as a name server likes.
 */
@Injectable()
export class NameResolver {
  /**
   * All addresses of a name, of both kinds as far as its servers tell.
   * @throws Error with the `code` of `node:dns`, `ECANCELLED` when the time is up
   */
  async addressesOf(name: string, signal: AbortSignal): Promise<LookupAddress[]> {
    const resolver = this.newResolver();
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(RESOLVE_TIMEOUT_MS)]);
    deadline.throwIfAborted();
    const cancel = (): void => {
      resolver.cancel();
    };
    deadline.addEventListener('abort', cancel, { once: true });
    try {
      const answers = await Promise.allSettled([
        resolver.resolve4(name).then((found) => found.map((address) => ({ address, family: 4 }))),
        resolver.resolve6(name).then((found) => found.map((address) => ({ address, family: 6 }))),
      ]);
      return addressesIn(answers);
    } finally {
      deadline.removeEventListener('abort', cancel);
    }
  }

  protected newResolver(): Resolver {
    return new Resolver({ timeout: QUERY_TIMEOUT_MS, tries: QUERY_TRIES });
  }
}

/** A name has addresses of one kind or both; only where there are none, it matters why. */
function addressesIn(answers: readonly PromiseSettledResult<LookupAddress[]>[]): LookupAddress[] {
  const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  if (found.length > 0) return found;
  const failures = answers.flatMap((answer): unknown[] =>
    answer.status === 'rejected' ? [answer.reason] : [],
  );
  throw failures.find((error) => (error as { code?: unknown }).code !== 'ENODATA') ?? failures[0];
}

/**
 * Names that strangers chose and that are being called just now, each with the addresses that were checked. A
 * connection goes to one of those and asks nobody again, so that nothing changes in between.
 */
export class PublicNames {
  private readonly calls = new Map<string, Set<readonly LookupAddress[]>>();

  constructor(private readonly resolver: NameResolver) {}

  /**
   * Makes a call while connections to the name are possible.
   * @throws PrivateAddressError when any one of its addresses is not public; what `NameResolver` throws
   */
  async during<T>(name: string, signal: AbortSignal, call: () => Promise<T>): Promise<T> {
    const addresses = await this.resolver.addressesOf(name, signal);
    if (!addresses.every(({ address }) => isPublicAddress(address)))
      throw new PrivateAddressError('not a public address');
    const known = this.calls.get(name) ?? new Set();
    this.calls.set(name, known.add(addresses));
    try {
      return await call();
    } finally {
      known.delete(addresses);
      if (known.size === 0) this.calls.delete(name);
    }
  }

  /** For `net.connect`. */
  readonly lookup: LookupFunction = (name, { all }, callback) => {
    const [addresses = []] = this.calls.get(name) ?? [];
    const [first] = addresses;
    if (!first) callback(new PrivateAddressError('nobody is calling this name'), '', 0);
    else if (all === true) callback(null, [...addresses]);
    else callback(null, first.address, first.family);
  };
}
