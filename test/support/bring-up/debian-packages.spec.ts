import { plannedPackages } from './debian-packages';

const SIMULATION = `NOTE: This is only a simulation!
Reading package lists...
The following NEW packages will be installed:
  libjemalloc2 redis-server
Inst libc6 [2.36-9] (2.36-10 Debian:12.10/stable [amd64])
Inst libjemalloc2 (5.3.0-1 Debian:12.10/stable [amd64])
Inst liblzf1:i386 (3.6-3 Debian:12.10/stable [i386])
Inst redis-server (5:7.0.15-1~deb12u5 Debian-Security:12/stable-security [amd64])
Conf libjemalloc2 (5.3.0-1 Debian:12.10/stable [amd64])
`;

describe('plannedPackages', () => {
  it('names what would be installed, but never the C library', () => {
    expect(plannedPackages(SIMULATION)).toEqual(['libjemalloc2', 'liblzf1:i386', 'redis-server']);
  });

  it('finds nothing where everything is installed', () => {
    expect(plannedPackages('redis-server is already the newest version (5:7.0.15-1).')).toEqual([]);
  });
});
