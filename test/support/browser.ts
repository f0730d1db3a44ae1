import { type Browser, chromium } from 'playwright-core';

/** Starts the Chromium that the test run found; the caller closes it. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.TEST_CHROMIUM_PATH;
  if (!executablePath)
    throw new Error('TEST_CHROMIUM_PATH is not set: run "make test", or set CHROMIUM_PATH.');
  // Its sandbox needs rights that root and most containers do not give; the pages are our own.
  return await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}
