// Real servers on a busy machine: a deadline is for what hangs, not for what is slow.
jest.setTimeout(30_000);
