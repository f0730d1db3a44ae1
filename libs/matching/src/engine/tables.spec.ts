import fc from 'fast-check';
import { PairTable } from './pair-table';
import { PrefixTable } from './prefix-table';
import { bandOf, BANDS } from './price-bands';
import { RULE, SlotDirectory, WATCH } from './slot-directory';
import { WordFrequencies } from './word-frequencies';

describe('PairTable', () => {
  it('holds what was added and not deleted, whatever collides', () => {
    const part = fc.integer({ min: 0, max: 60 });
    const step = fc.tuple(fc.boolean(), part, part);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 4_000, size: 'max' }), (steps) => {
        const table = new PairTable();
        const model = new Map<string, number>();
        steps.forEach(([isDelete, left, right], value) => {
          if (isDelete) {
            model.delete(`${left} ${right}`);
            table.delete(left, right);
          } else if (!model.has(`${left} ${right}`)) {
            model.set(`${left} ${right}`, value);
            table.add(left, right, value);
          }
        });
        const parts = Array.from({ length: 61 }, (_, i) => i);
        const pairs = parts.flatMap((left) => parts.map((right) => [left, right] as const));
        expect(pairs.map(([left, right]) => table.get(left, right))).toEqual(
          pairs.map(([left, right]) => model.get(`${left} ${right}`) ?? -1),
        );
      }),
      { numRuns: 30 },
    );
  });
});

describe('SlotDirectory', () => {
  it('finds rules and watches apart, through growth and removal', () => {
    const slots = new SlotDirectory();
    const model = new Map<string, number>();
    for (let i = 0; i < 3_000; i++) {
      model.set(`r${i}`, slots.add({ id: `${i}`, version: i, kind: RULE }));
      model.set(`w${i}`, slots.add({ id: `${i}`, version: i, kind: WATCH }));
    }
    for (let i = 0; i < 3_000; i += 3) {
      slots.remove(slots.find(`${i}`, RULE));
      model.delete(`r${i}`);
    }
    for (let i = 0; i < 3_000; i++) {
      expect(slots.find(`${i}`, RULE)).toBe(model.get(`r${i}`) ?? -1);
      expect(slots.find(`${i}`, WATCH)).toBe(model.get(`w${i}`) ?? -1);
    }
    expect(slots.size).toBe(model.size);
    expect(new Set(model.values()).size).toBe(model.size);
  });
});

describe('PrefixTable', () => {
  it('knows every stored beginning of a word, and forgets', () => {
    const prefixes = new PrefixTable();
    ['me', 'metal', 'metals', 'rock'].forEach((text, id) => prefixes.add(text, id));
    expect(prefixes.of('metal')).toEqual([0, 1]);
    expect(prefixes.of('m')).toEqual([]);
    prefixes.delete('me');
    expect(prefixes.of('metal')).toEqual([1]);
  });
});

describe('bandOf', () => {
  it('never puts a higher amount into a lower band', () => {
    const amount = fc.oneof(fc.integer({ min: 0, max: 50_000_000 }), fc.constant(Infinity));
    fc.assert(
      fc.property(amount, amount, (a, b) => {
        expect(bandOf(Math.min(a, b))).toBeLessThanOrEqual(bandOf(Math.max(a, b)));
      }),
    );
    expect(bandOf(Infinity)).toBe(BANDS - 1);
    expect(bandOf(NaN)).toBe(BANDS);
  });
});

describe('WordFrequencies', () => {
  it('takes a group of words for as frequent as its rarest', () => {
    const frequencies = new WordFrequencies();
    for (let i = 0; i < 500; i++) frequencies.learn(i % 10 === 0 ? ['zappa', 'apostrophe'] : ['zappa']);
    expect(frequencies.estimate(['zappa'])).toBeGreaterThan(frequencies.estimate(['zappa', 'apostrophe']));
    expect(frequencies.estimate(['apostrophe'])).toBe(50);
    expect(frequencies.estimate(['neverseen'])).toBe(0);
  });

  it('knows the words of every title before it has seen one', () => {
    expect(new WordFrequencies().estimate(['lp'])).toBeGreaterThan(0);
  });
});
