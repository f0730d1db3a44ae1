import { findDifferences, findDrift } from './openapi-drift';

const published = {
  openapi: '3.1.0',
  paths: { '/api/me': { get: { summary: 'Me', tags: ['me'] } }, '/api/old': {} },
};

describe('findDifferences', () => {
  it('finds none between equal documents, in whatever order', () => {
    expect(findDifferences({ a: 1, b: [2] }, { b: [2], a: 1 })).toEqual([]);
  });

  it('names the innermost place', () => {
    const generated = {
      openapi: '3.1.0',
      paths: { '/api/me': { get: { summary: 'You', tags: ['me', 'you'] } }, '/api/new': {} },
    };

    expect(findDifferences(published, generated)).toEqual([
      'paths./api/me.get.summary: differs',
      'paths./api/me.get.tags.1: is not published',
      'paths./api/old: is published, but not there any more',
      'paths./api/new: is not published',
    ]);
  });

  it('tells null, a text and an object apart', () => {
    expect(findDifferences({ a: null }, { a: {} })).toEqual(['a: differs']);
    expect(findDifferences('a', {})).toEqual(['document: differs']);
  });
});

describe('findDrift', () => {
  it('finds none in the same text', () => {
    expect(findDrift('{"a": 1}', '{"a": 1}')).toEqual([]);
  });

  it('counts the layout', () => {
    expect(findDrift('{"a":1}', '{ "a": 1 }')).toEqual(['is laid out differently']);
  });

  it('does not list more than anybody reads', () => {
    const many = Object.fromEntries(Array.from({ length: 25 }, (_, n) => [`key${n}`, n]));

    expect(findDrift('{}', JSON.stringify(many))).toHaveLength(21);
    expect(findDrift('{}', JSON.stringify(many)).at(-1)).toBe('and 5 more');
  });
});
