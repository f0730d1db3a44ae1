import type { EventEmitter } from 'node:events';

interface RedisClient extends EventEmitter {
  status: string;
}

/** Resolves once the connection takes commands. @throws the signal's reason, if that comes first */
export async function untilReady(client: RedisClient, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (client.status === 'ready') return;
  await new Promise<void>((resolve, reject) => {
    const settle = (): void => {
      client.off('ready', settle);
      signal.removeEventListener('abort', settle);
      if (client.status === 'ready') resolve();
      else reject(signal.reason instanceof Error ? signal.reason : new Error('Redis is not ready'));
    };
    client.on('ready', settle);
    signal.addEventListener('abort', settle);
  });
}
