import { RequestNote } from './request-note';

describe('RequestNote', () => {
  it('keeps what was noted on a request apart from other notes and other requests', () => {
    const [first, second] = [new RequestNote<string>('note'), new RequestNote<string>('note')];
    const [request, another] = [{}, {}];

    first.set(request, 'a');
    second.set(request, 'b');

    expect([first.get(request), second.get(request), first.get(another)]).toEqual(['a', 'b', undefined]);
  });

  it('forgets what is replaced by nothing', () => {
    const note = new RequestNote<string>('note');
    const request = {};
    note.set(request, 'a');

    note.set(request, undefined);

    expect(note.get(request)).toBeUndefined();
  });

  it('does not show in what is listed of a request', () => {
    const request = {};
    new RequestNote<string>('note').set(request, 'a');

    expect([Object.keys(request), JSON.stringify(request)]).toEqual([[], '{}']);
  });
});
