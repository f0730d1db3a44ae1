import { SessionSeal } from './session-seal';

const ID = '5a0a3c52-6a35-4d3a-9df4-0d4f2f6c6c11';
const [OLD, NEW] = ['o'.repeat(32), 'n'.repeat(40)];
const sealOf = (secrets: string | undefined) =>
  new SessionSeal({ SESSION_SECRET: secrets, passwordSignIn: 'none' });

describe('SessionSeal', () => {
  it('opens what it sealed, and shows nothing of it', async () => {
    const sealed = await sealOf(OLD).seal(ID);

    expect(sealed).toMatch(/^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain(ID);
    expect(await sealOf(OLD).open(sealed)).toBe(ID);
    expect(await sealOf(OLD).seal(ID)).not.toBe(sealed);
  });

  it('goes on opening with an old secret while a new one seals', async () => {
    const both = sealOf(`${NEW}, ${OLD}`);

    expect(await both.open(await sealOf(OLD).seal(ID))).toBe(ID);
    expect(await sealOf(NEW).open(await both.seal(ID))).toBe(ID);
    expect(await sealOf(OLD).open(await both.seal(ID))).toBeNull();
  });

  it('makes up a secret of its own where there is none', async () => {
    const alone = sealOf(undefined);

    expect(await alone.open(await alone.seal(ID))).toBe(ID);
    expect(await sealOf(undefined).open(await alone.seal(ID))).toBeNull();
  });

  it('does not open what was touched', async () => {
    const seal = sealOf(OLD);
    const sealed = await seal.seal(ID);
    for (const at of [0, 4]) {
      const parts = sealed.split('.');
      parts[at] = `${parts[at]?.startsWith('A') === true ? 'B' : 'A'}${parts[at]?.slice(1) ?? ''}`;
      expect(await seal.open(parts.join('.'))).toBeNull();
    }
    expect(await seal.open(sealed.slice(0, -1))).toBeNull();
    expect(await seal.open(`${sealed}.x`)).toBeNull();
  });

  it.each(['', 'x', '....', 'a.b.c.d.e', ID, 'x'.repeat(5000), `${'A'.repeat(900)}..a.b.c`])(
    'does not open %j',
    async (text) => {
      expect(await sealOf(OLD).open(text)).toBeNull();
    },
  );

  it('opens nothing but session ids', async () => {
    expect(await sealOf(OLD).open(await sealOf(OLD).seal('something else'))).toBeNull();
  });
});
