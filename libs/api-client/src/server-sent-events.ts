/** One block of an event stream. A block without data is none for the listener, but may set the other fields. */
export interface ServerSentEvent {
  event: string;
  data: string;
  id?: string;
  retryMs?: number;
}

/** Cuts the text of an event stream into events as it arrives, in whatever pieces. */
export class EventStreamReader {
  private rest = '';

  /** The events that are complete with `text`. */
  read(text: string): ServerSentEvent[] {
    // A carriage return at the end may be the first half of a line break.
    const all = this.rest + text;
    const end = all.endsWith('\r') ? all.length - 1 : all.length;
    const blocks = all.slice(0, end).replaceAll(/\r\n?/g, '\n').split('\n\n');
    this.rest = (blocks.pop() ?? '') + all.slice(end);
    return blocks.map(parseBlock);
  }
}

function parseBlock(block: string): ServerSentEvent {
  const event: ServerSentEvent = { event: 'message', data: '' };
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const [, name, value = ''] = /^([^:]+)(?:: ?(.*))?$/s.exec(line) ?? []; // a comment starts with the colon
    if (name === 'event') event.event = value;
    else if (name === 'data') data.push(value);
    else if (name === 'id' && !value.includes('\u0000')) event.id = value;
    else if (name === 'retry' && /^\d+$/.test(value)) event.retryMs = Number(value);
  }
  event.data = data.join('\n');
  return event;
}
