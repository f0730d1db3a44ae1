import { findDeadLinks } from './docs-links';

const FILES: Record<string, string> = {
  'README.md': '# WaxWatch\n',
  'docs/architecture.md': '# The architecture\n\n## 3. Ingest, step by step\n',
  'docs/openapi.json': '',
};
const check = (page: string, text: string): string[] => findDeadLinks(page, text, (path) => FILES[path]);

describe('findDeadLinks', () => {
  it('follows links relative to their page', () => {
    expect(check('README.md', '[a](docs/architecture.md) [b](./docs/openapi.json)')).toEqual([]);
    expect(check('docs/glossary.md', '[a](architecture.md) [b](../README.md)')).toEqual([]);
  });

  it('names the page and the link that leads nowhere', () => {
    expect(check('docs/glossary.md', 'See [a](nothing.md), [b](README.md).')).toEqual([
      'docs/glossary.md: nothing at nothing.md',
      'docs/glossary.md: nothing at README.md',
    ]);
  });

  it('looks for headings, on other pages and on its own', () => {
    expect(check('README.md', '[a](docs/architecture.md#3-ingest-step-by-step)')).toEqual([]);
    expect(check('README.md', '# Top\n[a](#top)')).toEqual([]);
    expect(check('README.md', '[a](docs/architecture.md#4-none) [b](#none)')).toEqual([
      'README.md: no such heading at docs/architecture.md#4-none',
      'README.md: no such heading at #none',
    ]);
  });

  it('leaves code and other sites alone', () => {
    const text = '[a](https://example.com) [b](mailto:a@example.com) `[c](x)`\n```\n[d](y)\n```\n';

    expect(check('README.md', text)).toEqual([]);
  });
});
