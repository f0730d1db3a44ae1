type Noted<T> = Record<symbol, T | undefined>;

/**
 * Something that one part notes on a request and reads again later. A `WeakMap` by request would do the same, but
 * every collection of young garbage walks such a map, and with several of them that is a tenth of a request's time.
 */
export class RequestNote<T> {
  private readonly key: symbol;

  /** @param name what a debugger shows */
  constructor(name: string) {
    this.key = Symbol(name);
  }

  get(request: object): T | undefined {
    return (request as Noted<T>)[this.key];
  }

  set(request: object, value: T | undefined): void {
    (request as Noted<T>)[this.key] = value;
  }
}
