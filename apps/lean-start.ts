import { setFlagsFromString } from 'node:v8';

/*
 * Loading the modules of a process makes tens of megabytes of garbage. V8 answers by growing its young generation,
 * and keeps it: about 35 MB of resident memory that an idle process never uses again. So it may not grow before the
 * process is up. Imported before everything else.
 */
setFlagsFromString('--semi-space-growth-factor=1');

/** The process is up: from here on the young generation may grow with the work. */
export function growWithTheWork(): void {
  setFlagsFromString('--semi-space-growth-factor=2');
}
