import { ChannelError, type OutboundMessage, PartlyTakenError } from './channel-sender';
import { sendWithin } from './send-within';

const message: OutboundMessage = {
  id: 'm',
  user: { id: 'u', email: 'a@b.example', timezone: 'UTC' },
  kind: 'instant',
  items: [],
};
const within = async (send: (signal: AbortSignal) => Promise<string>): Promise<unknown> =>
  await sendWithin({ send: async (_message, signal) => await send(signal) }, message, 20).catch(
    (error: unknown) => error,
  );
/** Ends when it is told to. */
const onAbort = async (signal: AbortSignal, error: Error): Promise<string> =>
  await new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(error);
    });
  });

describe('a send within its time', () => {
  it('has the provider’s id', async () => {
    expect(await within(async () => await Promise.resolve('id'))).toBe('id');
  });

  it('has the sender’s own failure', async () => {
    const failure = new ChannelError('target_gone', false);

    expect(await within(async () => await Promise.reject(failure))).toBe(failure);
  });

  it('ends when the sender does not listen', async () => {
    expect(await within(async () => await new Promise<never>(() => undefined))).toMatchObject({
      code: 'timeout',
      isRetryable: true,
    });
  });

  it('has timed out, whatever a sender that listens makes of that', async () => {
    const failure = new ChannelError('unreachable', true);

    expect(await within(async (signal) => await onAbort(signal, failure))).toMatchObject({ code: 'timeout' });
  });

  it('still says which devices have the message', async () => {
    const failure = new PartlyTakenError(new ChannelError('unreachable', true));

    expect(await within(async (signal) => await onAbort(signal, failure))).toBe(failure);
  });
});
