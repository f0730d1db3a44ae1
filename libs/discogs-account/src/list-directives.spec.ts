import fc from 'fast-check';
import { readListDirectives } from './list-directives';

const NOTHING = { maxPrice: null, currency: null, minCondition: null, unread: [] };

describe('readListDirectives', () => {
  it.each<[comment: string, read: object]>([
    ['@max=25 @media=VG+', { maxPrice: '25.00', minCondition: 'VG+' }],
    ['the mono one please, @max=25.5', { maxPrice: '25.50' }],
    ['@max=25,50 @media=nm', { maxPrice: '25.50', minCondition: 'NM' }],
    ['@max=€25', { maxPrice: '25.00', currency: 'EUR' }],
    ['@max=25£,@media=VG', { maxPrice: '25.00', currency: 'GBP', minCondition: 'VG' }],
    ['@MAX=1200jpy', { maxPrice: '1200.00', currency: 'JPY' }],
    ['@max: 30 @media: "near mint"', { maxPrice: '30.00', minCondition: 'NM' }],
    ['@media="Very Good Plus (VG+)"', { minCondition: 'VG+' }],
    ['@media=EX', { minCondition: 'VG+' }],
    ['@max=10 @max=20', { maxPrice: '20.00' }],
    ['@max=0', { maxPrice: '0.00' }],
  ])('reads %j', (comment, read) => {
    expect(readListDirectives(comment)).toEqual({ ...NOTHING, ...read });
  });

  it.each(['', null, undefined, 'no directive', 'mail me@max.example', 'a@max=5', '@max', '@ max=5'])(
    'finds none in %j',
    (comment) => {
      expect(readListDirectives(comment)).toEqual(NOTHING);
    },
  );

  it('names what it cannot read, and keeps the rest', () => {
    expect(readListDirectives('@max=cheap @media=shiny @colour=red @max=-5 @max=9999999 @media=VG')).toEqual({
      ...NOTHING,
      minCondition: 'VG',
      unread: ['@max=cheap', '@media=shiny', '@colour=red', '@max=-5', '@max=9999999'],
    });
  });

  it('never fails, and reads only prices that a watch can hold', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('@max=', '@media=', '25', ',5', '€', 'VG+'),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const { maxPrice } = readListDirectives(pieces.join(''));
        expect(maxPrice ?? '0.00').toMatch(/^\d{1,6}\.\d\d$/);
      }),
    );
  });
});
