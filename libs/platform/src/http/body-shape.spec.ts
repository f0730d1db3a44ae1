import { bodyShapeProblem } from './body-shape';

const nested = (depth: number, wrap: (inner: unknown) => unknown): unknown =>
  Array.from({ length: depth }).reduce(wrap, 1);
const inArray = (inner: unknown) => [inner];
const inObject = (inner: unknown) => ({ a: inner });
const withKeys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, n]));

describe('bodyShapeProblem', () => {
  it.each([1, 'text', null, undefined, [], {}, [[1]]])('has nothing against %j', (body) => {
    expect(bodyShapeProblem(body)).toBeNull();
  });

  it.each([inArray, inObject])('takes 20 levels and no more', (wrap) => {
    expect(bodyShapeProblem(nested(20, wrap))).toBeNull();
    expect(bodyShapeProblem(nested(21, wrap))).toMatch(/20 levels/);
    expect(bodyShapeProblem(nested(5000, wrap))).toMatch(/20 levels/);
  });

  it('takes 1000 keys in all objects together and no more', () => {
    expect(bodyShapeProblem(withKeys(1000))).toBeNull();
    expect(bodyShapeProblem(withKeys(1001))).toMatch(/1000 keys/);
    expect(bodyShapeProblem([withKeys(501), withKeys(500)])).toMatch(/1000 keys/);
  });

  it('counts no elements of arrays', () => {
    expect(bodyShapeProblem(Array.from({ length: 5000 }, () => 1))).toBeNull();
  });
});
