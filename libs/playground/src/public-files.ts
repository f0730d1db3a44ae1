import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * Where the files lie: beside the sources, beside the built code if they were copied there, or, when the built
 * code runs inside the project, in the sources after all.
 */
const PLACES = [join(__dirname, '../public'), join(__dirname, '../../../../libs/playground/public')];

export interface PublicFile {
  type: string;
  body: Buffer;
}

/** Every file of the page by name, read once. Empty where the page was not shipped. */
export function readPublicFiles(): ReadonlyMap<string, PublicFile> {
  const files = new Map<string, PublicFile>();
  const place = PLACES.find((candidate) => namesIn(candidate).includes('page.html'));
  if (place === undefined) return files;
  for (const name of namesIn(place)) {
    const type = TYPES[extname(name)];
    if (type !== undefined) files.set(name, { type, body: readFileSync(join(place, name)) });
  }
  return files;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
