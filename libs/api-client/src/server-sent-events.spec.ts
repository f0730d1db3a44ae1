import fc from 'fast-check';
import { EventStreamReader } from './server-sent-events.js';

const readAll = (pieces: readonly string[]) => {
  const reader = new EventStreamReader();
  return pieces.flatMap((piece) => reader.read(piece));
};

describe('EventStreamReader', () => {
  it('reads the fields of an event', () => {
    expect(readAll(['id: 7\nevent: notification\ndata: {"a":\ndata: 1}\n\n'])).toEqual([
      { id: '7', event: 'notification', data: '{"a":\n1}' },
    ]);
  });

  it('keeps an unfinished event back', () => {
    expect(readAll(['data: 1\n'])).toEqual([]);
  });

  it('knows comments, the time to wait, and any line break', () => {
    expect(readAll([': connected\r\n\r\nretry: 2500\r\rid\ndata:x\n\n'])).toEqual([
      { event: 'message', data: '' },
      { event: 'message', data: '', retryMs: 2500 },
      { event: 'message', data: 'x', id: '' },
    ]);
  });

  it('reads the same however the text is cut', () => {
    const text =
      'retry: 10\r\n\r\nid: 1\r\nevent: a\r\ndata: x: y\r\n\r\n: ping\n\nid: 2\rdata: z\r\r: end\n\n';
    const whole = readAll([text]);

    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 8 }), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), text.length];
        expect(readAll(at.slice(1).map((end, i) => text.slice(at[i], end)))).toEqual(whole);
      }),
    );
  });
});
