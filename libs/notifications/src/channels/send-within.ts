import type { AppConfig } from '@waxwatch/platform/config';
import { ChannelError, type ChannelSender, type OutboundMessage, PartlyTakenError } from './channel-sender';

/** For a sender that listens, to say what came of it: some of the user's devices may have the message. */
const GRACE_MS = 200;
const SEND_TIMEOUT_MS = 10_000;

/** Milliseconds for one send: at most a third of the lease, so that what was started in time ends while the row is still ours. */
export const sendTimeoutOf = (config: Pick<AppConfig, 'DELIVERY_LEASE_SECONDS'>): number =>
  Math.min(SEND_TIMEOUT_MS, (config.DELIVERY_LEASE_SECONDS * 1000) / 3);

/**
 * Sends, or gives up when the time is up. The sender is told to stop then; whether it listens makes no difference to
 * us.
 * @throws ChannelError `timeout` when the time was up, PartlyTakenError even then; what the sender throws
 */
export async function sendWithin(
  sender: Pick<ChannelSender, 'send'>,
  message: OutboundMessage,
  timeoutMs: number,
): Promise<string> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      abort.abort();
      timer = setTimeout(() => {
        reject(timedOut());
      }, GRACE_MS);
    }, timeoutMs);
  });
  try {
    return await Promise.race([sender.send(message, abort.signal), timeout]);
  } catch (error) {
    throw abort.signal.aborted && !(error instanceof PartlyTakenError) ? timedOut(error) : error;
  } finally {
    clearTimeout(timer);
  }
}

const timedOut = (cause?: unknown): ChannelError => new ChannelError('timeout', true, undefined, { cause });
