/** Short-lived hints between processes. A hint may get lost; whoever listens must be able to do without it. */
export abstract class PubSub {
  /** True when the hint left; false when it could not, which is no reason to fail. */
  abstract publish(channel: string, message: string): Promise<boolean>;
  /** Calls `listener` for each hint from now on, in every process that subscribed. */
  abstract subscribe(channel: string, listener: (message: string) => void): Promise<void>;
}
