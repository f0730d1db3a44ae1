/** A response body that is JSON already; it goes out as it is. */
export class JsonText {
  constructor(readonly text: string) {}
}
