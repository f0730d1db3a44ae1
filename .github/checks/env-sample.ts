import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { ZodType } from 'zod';
import { envSchema } from '../../libs/platform/src/config/env.schema';
import { reportAndExit } from './report';

const SAMPLE = resolve(__dirname, '../../.env.sample');

interface SampleLine {
  name: string;
  value: string;
  isExplained: boolean;
}

/** What `.env.sample` and the schema say differently, one line each; empty when they agree. */
export function findDisagreements(shape: Readonly<Record<string, ZodType>>, sample: string): string[] {
  const lines = readSample(sample);
  const names = lines.map(({ name }) => name);
  return [
    ...Object.keys(shape)
      .filter((name) => !names.includes(name))
      .map((name) => `${name}: is missing`),
    ...lines.flatMap((line, index) => {
      const field = shape[line.name];
      if (!field) return `${line.name}: is in no schema`;
      if (names.indexOf(line.name) < index) return `${line.name}: stands there twice`;
      return [...valueProblem(field, line), ...(line.isExplained ? [] : [`${line.name}: has no comment`])];
    }),
  ];
}

/** `NAME=value` lines; one is explained by a comment right above it. */
function readSample(sample: string): SampleLine[] {
  const lines = sample.split('\n');
  return lines.flatMap((line, index): SampleLine[] => {
    const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) return [];
    return [{ name, value: value.trim(), isExplained: /^# [^-]/.test(lines[index - 1] ?? '') }];
  });
}

function valueProblem(field: ZodType, { name, value }: SampleLine): string[] {
  const unset = field.safeParse(undefined).data;
  const expected = textOf(unset);
  const isSame = value === '' ? expected === '' : isDeepStrictEqual(field.safeParse(value).data, unset);
  return isSame ? [] : [`${name}: the default is ${expected === '' ? 'none' : expected}`];
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.join(',');
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}

if (require.main === module) {
  reportAndExit('.env.sample', findDisagreements(envSchema.shape, readFileSync(SAMPLE, 'utf8')));
}
