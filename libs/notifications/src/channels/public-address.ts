import { Injectable } from '@nestjs/common';
import { type LookupAddress, type LookupAllOptions, lookup as lookupName } from 'node:dns';
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

/** Asks the operating system what a name stands for. */
@Injectable()
export class NameResolver {
  /** All addresses of a name. */
  readonly lookup: (
    name: string,
    options: LookupAllOptions,
    callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
  ) => void = lookupName;
}

/**
 * Resolves names for connections that strangers choose. The connection goes to an address that was checked, not to
 * the name, so that nothing changes in between; one private address among several refuses the name.
 */
export const publicLookup =
  (resolver: NameResolver): LookupFunction =>
  (hostname, options, callback) => {
    resolver.lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) {
        callback(error, '', 0);
        return;
      }
      const [first] = addresses;
      if (!first || !addresses.every(({ address }) => isPublicAddress(address))) {
        callback(new PrivateAddressError('no public address'), '', 0);
      } else if (options.all === true) {
        callback(null, addresses);
      } else {
        callback(null, first.address, first.family);
      }
    });
  };
