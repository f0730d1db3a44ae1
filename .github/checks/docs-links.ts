import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { reportAndExit } from './report';

const ROOT = resolve(__dirname, '../..');
const PAGES = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'docs', 'perf', 'deploy'];

/**
 * Relative links of a Markdown page that lead nowhere: to no file, or to no heading of a page.
 * @param read the text of a file; undefined where there is none, empty for a folder
 */
export function findDeadLinks(
  page: string,
  text: string,
  read: (path: string) => string | undefined,
): string[] {
  return linksIn(text).flatMap((link) => {
    const [target = '', fragment] = link.split('#', 2);
    const file = target === '' ? page : join(dirname(page), decodeURI(target));
    const content = file === page ? text : read(file);
    if (content === undefined) return [`${page}: nothing at ${link}`];
    if (fragment === undefined || !file.endsWith('.md') || anchorsIn(content).has(fragment)) return [];
    return [`${page}: no such heading at ${link}`];
  });
}

/** Targets of inline links outside code, those with a scheme left out. */
function linksIn(text: string): string[] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
  const links = [...prose.matchAll(/\]\(([^()\s]+)\)/g)].flatMap(([, target]) => target ?? []);
  return links.filter((link) => !/^[a-z][a-z0-9+.-]*:/i.test(link));
}

/** Headings as GitHub makes anchors of them. */
export function anchorsIn(text: string): Set<string> {
  const headings = [...text.matchAll(/^#{1,6} +(.+)$/gm)].flatMap(([, heading]) => heading ?? []);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replace(/\s/g, '-'),
    ),
  );
}

function pagesBelow(path: string): string[] {
  if (path.endsWith('.md')) return existsSync(path) ? [path] : [];
  const names = existsSync(path) ? readdirSync(path, { recursive: true, encoding: 'utf8' }) : [];
  return names.filter((name) => name.endsWith('.md')).map((name) => join(path, name));
}

function readFromRoot(path: string): string | undefined {
  const file = join(ROOT, path);
  if (!existsSync(file)) return undefined;
  return file.endsWith('.md') ? readFileSync(file, 'utf8') : '';
}

if (require.main === module) {
  const pages = PAGES.flatMap((page) => pagesBelow(join(ROOT, page))).map((page) => relative(ROOT, page));
  reportAndExit(
    'docs',
    pages.flatMap((page) => findDeadLinks(page, readFileSync(join(ROOT, page), 'utf8'), readFromRoot)),
  );
}
