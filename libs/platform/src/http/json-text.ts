/** A response body that is JSON already; it goes out as it is, with the cursor of the next page in its header. */
export class JsonText {
  constructor(
    readonly text: string,
    readonly nextCursor: string | null = null,
  ) {}
}
