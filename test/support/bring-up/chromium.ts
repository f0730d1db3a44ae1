import { type Obtained, obtainDebianProgram } from './debian-packages';
import { findOnPath, isExecutable, runCommand } from './run-command';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The browser for the browser test, or why there is none. */
export async function findChromium(): Promise<Obtained> {
  const given = process.env.CHROMIUM_PATH;
  if (given) {
    return (await isExecutable(given))
      ? { path: given }
      : { unavailable: `CHROMIUM_PATH names ${given}, which is not a program` };
  }
  for (const name of process.env.WAXWATCH_IGNORE_SYSTEM_CHROMIUM ? [] : NAMES) {
    const path = await findOnPath([name]);
    // On some systems the name only belongs to a script that says how to install it.
    if (path && (await runCommand(path, ['--version'])).ok) return { path };
  }
  return await obtainDebianProgram({
    name: 'chromium',
    packages: ['chromium', 'chromium-common', 'fonts-dejavu-core'],
    binary: 'usr/lib/chromium/chromium',
  });
}
