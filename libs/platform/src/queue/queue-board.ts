import type { Queue } from 'bull';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname } from 'node:path';
import { redact } from '../logging';

/** Answers a request whose `url` is relative to the board; calls `next` for what is not part of it. */
export type BoardHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/** The pages of bull-board for all queues. Who may see them is for others to decide. */
export class QueueBoard {
  constructor(private readonly queues: readonly Queue[]) {}

  /**
   * Loaded when asked for: most processes show no board.
   * @param basePath where the pages are, without a slash at the end
   */
  async open(basePath: string): Promise<BoardHandler> {
    const [{ createBullBoard }, { BullAdapter }, { ExpressAdapter }] = await Promise.all([
      import('@bull-board/api'),
      import('@bull-board/api/bullAdapter'),
      import('@bull-board/express'),
    ]);
    const pages = new ExpressAdapter();
    pages.setBasePath(basePath);
    createBullBoard({
      serverAdapter: pages,
      queues: this.queues.map((queue) => {
        const adapter = new BullAdapter(queue);
        // Payloads are ids. Should another release put more into one, it is not shown either.
        adapter.setFormatter('data', (data: unknown) => redact(data));
        return adapter;
      }),
      options: {
        uiBasePath: dirname(require.resolve('@bull-board/ui/package.json')),
        uiConfig: { boardTitle: 'WaxWatch queues' },
      },
    });
    const router = pages.getRouter() as BoardHandler & { disable: (setting: string) => void };
    router.disable('x-powered-by');
    return router;
  }
}
