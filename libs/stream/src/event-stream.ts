import type { ServerResponse } from 'node:http';
import { CONNECTED, type Frame, positionField, resetFrame, retryField } from './frame';
import type { StartingPoint } from './resume';

/** Bytes a client may leave unread before it is let go. */
const BUFFER_BOUND = 256 * 1024;
const RETRY_MS = 2000;
/** How long a client has to read the end of its stream. */
const LINGER_MS = 5000;

export type CloseReason =
  'client' | 'slow' | 'cap' | 'age' | 'expired' | 'revoked' | 'account' | 'drain' | 'failed';

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-cache, no-transform',
  'X-Accel-Buffering': 'no',
};

/** One client's open stream: knows up to which id it has been served, and writes straight to the response. */
export class EventStream {
  /** `tokens_valid_from` of the account when the stream was opened; another value means a sign-out since. */
  tokensValidFrom: string | null = null;
  /** The session of the cookie that it was opened with, if any. */
  sessionId: string | null = null;
  private served: number | undefined;
  private closedFor: CloseReason | undefined;
  private endTimer: NodeJS.Timeout | undefined;

  /**
   * @param onClosed called once, however the stream ends
   */
  constructor(
    readonly userId: string,
    private readonly response: ServerResponse,
    private readonly onClosed: (stream: EventStream, reason: CloseReason) => void,
  ) {
    response.once('close', () => this.finish('client'));
    response.on('error', () => this.finish('client'));
  }

  /** The id up to which the client has everything; undefined until the stream has started. */
  get position(): number | undefined {
    return this.served;
  }

  get closeReason(): CloseReason | undefined {
    return this.closedFor;
  }

  /** Sends the head and what a client should know first. */
  start({ after, reset }: StartingPoint): void {
    this.served = after;
    this.response.writeHead(200, HEADERS);
    const first = CONNECTED + retryField(RETRY_MS);
    this.write(first + (reset === undefined ? positionField(after) : resetFrame(after, reset)));
  }

  /** Ends the stream in time, whatever happens. */
  endAfter(ms: number, reason: CloseReason, retryMs: number): void {
    this.endTimer = setTimeout(() => this.close(reason, retryMs), ms);
    this.endTimer.unref();
  }

  /**
   * Writes what the client does not have yet. Ids are given without holes, so a missing one was deleted: that is
   * announced.
   * @returns how many frames were written
   */
  deliver(frames: readonly Frame[]): number {
    let text = '';
    let written = 0;
    for (const frame of frames) {
      if (this.served === undefined || frame.id <= this.served) continue;
      if (frame.id > this.served + 1) text += resetFrame(frame.id - 1, 'gap');
      text += frame.text;
      this.served = frame.id;
      written += 1;
    }
    if (written > 0) this.write(text);
    return written;
  }

  /** There is nothing left to read up to `id`. */
  skipTo(id: number): void {
    if (this.served === undefined || this.served >= id) return;
    this.served = id;
    this.write(resetFrame(id, 'gap'));
  }

  /** A client that does not read is let go; it comes back with its last id. */
  write(text: string): void {
    if (this.closedFor !== undefined) return;
    if (this.response.writableLength > BUFFER_BOUND) this.finish('slow');
    else this.response.write(text);
  }

  /** Ends the stream and asks the client to wait before it returns. */
  close(reason: CloseReason, retryMs: number): void {
    if (this.closedFor !== undefined) return;
    if (this.served !== undefined) this.endResponse(retryMs);
    this.finish(reason);
  }

  /** What is not read stays in memory, and counts for no limit any more: the connection goes with it. */
  private endResponse(retryMs: number): void {
    const timer = setTimeout(() => this.response.destroy(), LINGER_MS).unref();
    this.response.end(retryField(retryMs), () => clearTimeout(timer));
  }

  /** Lets go of a response that somebody else will answer. */
  abandon(reason: CloseReason): void {
    this.finish(reason);
  }

  private finish(reason: CloseReason): void {
    if (this.closedFor !== undefined) return;
    this.closedFor = reason;
    clearTimeout(this.endTimer);
    // What a slow client has not read would stay in memory until it does.
    if (reason === 'slow') this.response.destroy();
    this.onClosed(this, reason);
  }
}

/** Whether the client hung up already, for instance while it was being authenticated. */
export const isGone = (response: ServerResponse): boolean =>
  response.destroyed || response.socket?.destroyed !== false;
