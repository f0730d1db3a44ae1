import 'reflect-metadata';
import { runUntilSignal } from '@waxwatch/platform/lifecycle';
import { resolve } from 'node:path';
import { DemoError } from './demo-error';
import { startDemo } from './start-demo';
import { alertLines, COLOURS, NO_COLOURS, welcomeLines } from './terminal';

// eslint-disable-next-line no-restricted-properties -- the demo lays its own settings under these; platform/config parses the result
const { env } = process;
const colours = process.stdout.isTTY && !env.NO_COLOR ? COLOURS : NO_COLOURS;
const print = (lines: string[]): void => void process.stdout.write(`${lines.join('\n')}\n`);

async function main(): Promise<void> {
  const leave = (): never => process.exit(0);
  process.once('SIGINT', leave).once('SIGTERM', leave);
  const held: string[] = [];
  let show = (lines: string[]): void => void held.push(...lines);
  const demo = await startDemo({
    env,
    dataDir: resolve(env.DEMO_DATA_DIR?.trim() ? env.DEMO_DATA_DIR : '.data/postgres'),
    onStep: (step) => print([colours.soft(`… ${step}`)]),
    onAlert: (alert) => show([...alertLines(alert, colours), '']),
  });
  process.off('SIGINT', leave).off('SIGTERM', leave);
  runUntilSignal(demo.app, 0, demo.release);
  show = print;
  // Alerts may be faster than the words that explain them.
  print([...welcomeLines(demo, colours), ...held]);
}

main().catch((error: unknown) => {
  const reason =
    error instanceof DemoError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`demo: ${reason ?? 'failed to start'}\n`);
  process.exit(1);
});
