import { PubSub } from './pub-sub';

/** For a single process. Listeners run in a later turn of the event loop, as they would with Redis. */
export class InProcessPubSub extends PubSub {
  private readonly listeners = new Map<string, ((message: string) => void)[]>();

  override async publish(channel: string, message: string): Promise<boolean> {
    await Promise.resolve();
    const listeners = this.listeners.get(channel) ?? [];
    setImmediate(() => {
      for (const listener of listeners) listener(message);
    });
    return true;
  }

  override async subscribe(channel: string, listener: (message: string) => void): Promise<void> {
    await Promise.resolve();
    this.listeners.set(channel, [...(this.listeners.get(channel) ?? []), listener]);
  }
}
