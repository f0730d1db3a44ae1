import { z } from 'zod';

/*
 * What API processes of one instance say to each other about their metrics. A scrape reaches any of them: that one
 * asks the supervisor, the supervisor asks all of them, and what they say goes back to the one that was asked.
 */

/** What one registry holds, as `getMetricsAsJSON` of prom-client gives it; only the labels are touched here. */
export const exportedMetrics = z.array(
  z.looseObject({
    name: z.string(),
    values: z.array(z.looseObject({ labels: z.record(z.string(), z.unknown()) })),
  }),
);
export type ExportedMetrics = z.infer<typeof exportedMetrics>;

const id = z.int();

/** A process was scraped and wants to know what all have. */
export const wantAll = z.object({ type: z.literal('waxwatch:metrics:want-all'), id });
/** The supervisor wants to know what a process has. */
export const wantYours = z.object({ type: z.literal('waxwatch:metrics:want-yours'), id });
/** What a process has. */
export const mine = z.object({ type: z.literal('waxwatch:metrics:mine'), id, metrics: exportedMetrics });
/** What all have. Processes that did not answer in time are missing. */
export const everybodys = z.object({
  type: z.literal('waxwatch:metrics:everybodys'),
  id,
  metrics: exportedMetrics,
});
