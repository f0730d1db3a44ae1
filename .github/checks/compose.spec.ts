import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { environmentFile, findSchemaErrors, findSecretDefaults } from './compose';

const withEnvironment = (...lines: string[]): string =>
  [
    'services:',
    '  api:',
    '    image: waxwatch',
    '    environment:',
    ...lines.map((line) => `      ${line}`),
  ].join('\n');

describe('findSecretDefaults', () => {
  it.each([
    'DISCOGS_TOKEN: abc',
    'DISCOGS_TOKEN: ${DISCOGS_TOKEN:-abc}',
    'DISCOGS_TOKEN: ${DISCOGS_TOKEN-abc}',
    'DATABASE_URL: postgresql://wax:wax@db/wax',
    'SESSION_SECRET: ${A:-${B:-abc}}',
    '- EBAY_CLIENT_SECRET=abc',
  ])('refuses %s', (line) => {
    expect(findSecretDefaults(withEnvironment(line))).toHaveLength(1);
  });

  it.each([
    'DISCOGS_TOKEN:',
    'DISCOGS_TOKEN: ${DISCOGS_TOKEN:-}',
    'DISCOGS_TOKEN: ${DISCOGS_TOKEN:?is required}',
    'SESSION_SECRET: ${A:-${B:?is required}}',
    'LOG_LEVEL: ${LOG_LEVEL:-info}',
    'TOKEN_CRYPTO_LOCAL_KEY_PATH: /run/key',
    '- EBAY_CLIENT_SECRET',
  ])('takes %s', (line) => {
    expect(findSecretDefaults(withEnvironment(line))).toEqual([]);
  });

  it('names the service and the variable, and not the value', () => {
    expect(findSecretDefaults(withEnvironment('DISCOGS_TOKEN: hunter2'))).toEqual([
      'api gives DISCOGS_TOKEN a value that everybody knows',
    ]);
  });

  it('looks into what is merged from elsewhere in the file', () => {
    const text = [
      'x-env: &env',
      '  METRICS_TOKEN: abc',
      'services:',
      '  api:',
      '    environment:',
      '      <<: *env',
    ];

    expect(findSecretDefaults(text.join('\n'))).toHaveLength(1);
  });
});

describe('findSchemaErrors', () => {
  it('takes what the specification knows', () => {
    expect(findSchemaErrors('services:\n  api:\n    image: waxwatch\n')).toEqual([]);
  });

  it('names what it does not know, and where', () => {
    expect(findSchemaErrors('services:\n  api:\n    imagge: waxwatch\n')).toEqual([
      '/services/api must NOT have additional properties',
    ]);
  });
});

describe('environmentFile', () => {
  it('forwards names without values, so that what is unset stays unset', () => {
    expect(environmentFile(['PORT', 'HOST'])).toMatch(/^ {6}HOST:\n {6}PORT:\n$/m);
  });

  it('is what stands in deploy/', () => {
    const written = readFileSync(resolve(__dirname, '../../deploy/compose.environment.yml'), 'utf8');
    const names = [...written.matchAll(/^ {6}(\w+):$/gm)].map(([, name]) => name ?? '');

    expect(written).toBe(environmentFile(names));
  });
});
