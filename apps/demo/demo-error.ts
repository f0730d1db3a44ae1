/** Why the demo does not run, in one line for whoever started it. */
export class DemoError extends Error {
  override readonly name = 'DemoError';
}
