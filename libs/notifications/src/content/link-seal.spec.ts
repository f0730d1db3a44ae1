import { LinkSeal } from './link-seal';

const USER = '00000000-0000-4000-8000-000000000001';
const IV_BYTES = 12;

describe('a sealed link', () => {
  const seal = new LinkSeal({ NOTIFICATION_LINK_SECRET: 'l'.repeat(32), SESSION_SECRET: undefined });
  const action = { do: 'unsubscribe', user: USER } as const;

  it('opens to what was sealed', () => {
    expect(seal.open(seal.seal(action) ?? '')).toEqual(action);
  });

  it('does not open once its user has been exchanged', () => {
    const bytes = Buffer.from(seal.seal(action) ?? '', 'base64url');
    // The cipher is a stream: whoever knows the plain text can turn its last 1 into a 2.
    const at = IV_BYTES + JSON.stringify(action).lastIndexOf('1');
    bytes.writeUInt8(bytes.readUInt8(at) ^ 0b11, at);

    expect(seal.open(bytes.toString('base64url'))).toBeNull();
  });
});
