import { findAccount } from './server-account';
import { startFailure } from './server-process';

describe('startFailure', () => {
  it('names a port that is taken', () => {
    const log =
      'LOG:  could not bind IPv4 address "127.0.0.1": Address already in use\nFATAL:  could not create any TCP/IP sockets';

    expect(startFailure(log, '/data', 5433)).toMatchObject({
      fault: 'port-in-use',
      message: expect.stringContaining('5433') as string,
    });
  });

  it('tells a folder in use from a broken one', () => {
    const locked = 'FATAL:  lock file "postmaster.pid" already exists\nHINT:  Is another postmaster running?';
    const broken =
      'LOG:  starting PostgreSQL\nPANIC:  could not locate a valid checkpoint record at 0/1\nLOG:  aborting';

    const mistaken = 'FATAL:  unrecognized configuration parameter "foo"';

    expect(startFailure(locked, '/data', 1).fault).toBe('data-dir-in-use');
    expect(startFailure(mistaken, '/data', 1).fault).toBe('start-failed');
    expect(startFailure(broken, '/data', 1)).toMatchObject({
      fault: 'data-dir-broken',
      message: expect.stringContaining('could not locate a valid checkpoint record') as string,
    });
  });

  it.each([
    '',
    'postgres: error while loading shared libraries: libssl.so.1.1: cannot open shared object file',
  ])('stays one line for any other last words: %p', (log) => {
    expect(startFailure(log, '/data', 1).message).not.toContain('\n');
  });
});

describe('findAccount', () => {
  const passwd =
    'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65533:nobody:/:/usr/sbin/nologin\nevil:x:0:0::/:/bin/sh\n';

  it('reads the numbers of an account', () => {
    expect(findAccount(passwd, 'nobody')).toEqual({ uid: 65534, gid: 65533 });
  });

  it.each(['postgres', 'no', 'evil'])('offers no account for %s', (name) => {
    expect(findAccount(passwd, name)).toBeUndefined();
  });
});
