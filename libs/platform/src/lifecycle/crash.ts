const PATIENCE_MS = 2500;

type LastWord = () => Promise<void>;
const lastWords: LastWord[] = [];

/** Has `say` called, and waited for a moment, when the process ends by an error that nobody caught. */
export function onCrash(say: LastWord): void {
  lastWords.push(say);
}

/** Ends the process with 1, at once where nobody has anything left to say. */
export function crash(): void {
  const leave = (): void => process.exit(1);
  if (lastWords.length === 0) {
    leave();
    return;
  }
  setTimeout(leave, PATIENCE_MS);
  void Promise.allSettled(lastWords.map(async (say) => await say())).then(leave);
}
