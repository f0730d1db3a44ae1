import { findChromium } from './bring-up/chromium';
import setUpServices from './jest-global-setup';

/** The browser test needs a Chromium besides the services. */
export default async function setUp(): Promise<void> {
  await setUpServices();
  if (process.env.TEST_CHROMIUM_PATH) return;
  const chromium = await findChromium();
  if (!('path' in chromium)) {
    throw new Error(
      `The browser test needs Chromium (${chromium.unavailable}): install it, or set CHROMIUM_PATH.`,
    );
  }
  process.env.TEST_CHROMIUM_PATH = chromium.path;
}
