import { type Correlation, currentCorrelation } from '../correlation/correlation';

const TRACE_ID = { start: 3, end: 35 };

/** What a line says of the request and the job that it belongs to; a `request_id` of `-` is that of none. */
export function fieldsOf({ requestId = '-', job, traceparent }: Correlation): Record<string, string> {
  const fields: Record<string, string> = { request_id: requestId };
  if (job) Object.assign(fields, { job_id: job.id, job: job.name, queue: job.queue });
  if (traceparent) fields.trace_id = traceparent.slice(TRACE_ID.start, TRACE_ID.end);
  return fields;
}

/** The same for what runs now. */
export const correlationFields = (): Record<string, string> => fieldsOf(currentCorrelation());
