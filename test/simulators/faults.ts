import { z } from 'zod';

const match = {
  /** The fault hits requests whose path starts so; all of them when it is absent. */
  path: z.string().optional(),
  /** How many requests it hits before it is gone. */
  times: z.number().int().positive().default(1),
  /** Requests that pass unharmed first. */
  after: z.number().int().nonnegative().default(0),
};

/** What can go wrong, in the words of the control API. */
export const faultSchema = z.discriminatedUnion('kind', [
  /** An error answer; `retryAfter` is sent as it is, in seconds or as a date. */
  z.object({
    ...match,
    kind: z.literal('status'),
    status: z.number().int().min(100).max(599),
    retryAfter: z.string().optional(),
    body: z.unknown().optional(),
    headers: z.record(z.string(), z.string()).optional(),
  }),
  /** An HTML page where JSON belongs. */
  z.object({
    ...match,
    kind: z.literal('html'),
    status: z.number().int().default(200),
    contentType: z.string().default('text/html'),
  }),
  /** The right body under a wrong content type. */
  z.object({ ...match, kind: z.literal('content_type'), contentType: z.string().default('text/html') }),
  /** No answer at all; the connection stays open. */
  z.object({ ...match, kind: z.literal('hang') }),
  /** The connection is reset before an answer. */
  z.object({ ...match, kind: z.literal('reset') }),
  /** Half the body, then the end of the connection. */
  z.object({ ...match, kind: z.literal('cut') }),
  /** Half the body with a length that says it is whole. */
  z.object({ ...match, kind: z.literal('truncated') }),
  /** A byte of the body every `everyMs`. */
  z.object({ ...match, kind: z.literal('drip'), everyMs: z.number().positive() }),
  /** The right answer, late. */
  z.object({ ...match, kind: z.literal('latency'), ms: z.number().nonnegative() }),
  z.object({ ...match, kind: z.literal('redirect'), location: z.string() }),
  /** A body of `bytes`; compressed it is tiny. */
  z.object({
    ...match,
    kind: z.literal('oversize'),
    bytes: z.number().int().positive(),
    isCompressed: z.boolean().default(false),
  }),
  /** 200 without a body. */
  z.object({ ...match, kind: z.literal('empty_body') }),
  /** Content faults: a page without rows, with each row twice, or with rows that are broken or hostile. */
  z.object({ ...match, kind: z.literal('empty_page') }),
  z.object({ ...match, kind: z.literal('duplicate_rows') }),
  z.object({ ...match, kind: z.literal('malformed_items') }),
]);

export type Fault = z.infer<typeof faultSchema>;
export type FaultInput = z.input<typeof faultSchema>;

interface PendingFault {
  fault: Fault;
  skip: number;
  left: number;
}

/** Faults waiting for their requests, in the order in which they were injected. */
export class FaultList {
  private pending: PendingFault[] = [];

  inject(input: FaultInput): void {
    const fault = faultSchema.parse(input);
    this.pending.push({ fault, skip: fault.after, left: fault.times });
  }

  clear(): void {
    this.pending = [];
  }

  /** The fault for a request, used up by it. */
  next(path: string): Fault | null {
    const hit = this.pending.find(({ fault }) => path.startsWith(fault.path ?? ''));
    if (!hit) return null;
    if (hit.skip > 0) {
      hit.skip--;
      return null;
    }
    hit.left--;
    if (hit.left === 0) this.pending = this.pending.filter((candidate) => candidate !== hit);
    return hit.fault;
  }
}

/** The page that a content delivery network shows when it does not like the caller. */
export const HTML_PAGE =
  '<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><h1>Attention Required!</h1></body></html>';
