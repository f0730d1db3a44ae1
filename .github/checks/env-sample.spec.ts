import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { envSchema } from '../../libs/platform/src/config/env.schema';
import {
  bool,
  int,
  list,
  optionalText,
  postgresUrl,
  textOr,
} from '../../libs/platform/src/config/env-fields';
import { findDisagreements } from './env-sample';

const shape = {
  DATABASE_URL: postgresUrl(),
  PORT: int(8000),
  IS_ON: bool(false),
  ORIGINS: list([]),
  METHODS: list(['GET', 'PUT']),
  NAME: textOr('wax'),
  TOKEN: optionalText(),
};

const good = [
  '# ---- A group ----',
  '# Where the data is.',
  'DATABASE_URL=',
  '# Port.',
  'PORT=8000',
  '# On or off.',
  'IS_ON=false',
  '# Origins.',
  'ORIGINS=',
  '# Methods.',
  'METHODS=GET,PUT',
  '# Name.',
  'NAME=wax',
  '# Token.',
  'TOKEN=',
];

const check = (lines: readonly string[]): string[] => findDisagreements(shape, lines.join('\n'));
const replaced = (from: string, ...to: string[]): string[] =>
  good.flatMap((line) => (line === from ? to : [line]));

describe('findDisagreements', () => {
  it('finds nothing where names and defaults agree', () => {
    expect(check(good)).toEqual([]);
  });

  it('names a variable that the sample lacks', () => {
    expect(check(good.slice(0, -2))).toEqual(['TOKEN: is missing']);
  });

  it('names a variable that no schema reads', () => {
    expect(check([...good, '# Once was.', 'OLD_NAME=1'])).toEqual(['OLD_NAME: is in no schema']);
  });

  it('names a variable that stands there twice', () => {
    expect(check([...good, '# Again.', 'PORT=8000'])).toEqual(['PORT: stands there twice']);
  });

  it.each([
    ['PORT=8000', 'PORT=9000', 'PORT: the default is 8000'],
    ['PORT=8000', 'PORT=', 'PORT: the default is 8000'],
    ['PORT=8000', 'PORT=many', 'PORT: the default is 8000'],
    ['IS_ON=false', 'IS_ON=true', 'IS_ON: the default is false'],
    ['METHODS=GET,PUT', 'METHODS=GET', 'METHODS: the default is GET,PUT'],
    ['ORIGINS=', 'ORIGINS=https://a.example', 'ORIGINS: the default is none'],
    ['TOKEN=', 'TOKEN=secret', 'TOKEN: the default is none'],
    ['DATABASE_URL=', 'DATABASE_URL=postgresql://localhost/wax', 'DATABASE_URL: the default is none'],
  ])('takes %s but not %s', (from, to, problem) => {
    expect(check(replaced(from, to))).toEqual([problem]);
  });

  it('accepts another spelling of the same value', () => {
    expect(check(replaced('METHODS=GET,PUT', 'METHODS=["GET", "PUT"]'))).toEqual([]);
    expect(check(replaced('IS_ON=false', 'IS_ON=off'))).toEqual([]);
  });

  it('wants a comment above each variable', () => {
    expect(check(good.filter((line) => line !== '# Port.'))).toEqual(['PORT: has no comment']);
    expect(check(replaced('# Port.', ''))).toEqual(['PORT: has no comment']);
    expect(check(replaced('# Where the data is.'))).toEqual(['DATABASE_URL: has no comment']);
  });

  it('finds nothing in the sample of this project', () => {
    const sample = readFileSync(resolve(__dirname, '../../.env.sample'), 'utf8');

    expect(findDisagreements(envSchema.shape, sample)).toEqual([]);
  });
});
