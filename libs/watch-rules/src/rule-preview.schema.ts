import { ListingOut } from '@waxwatch/listings';
import { REJECTION_CODES } from '@waxwatch/matching';
import { wireInteger } from '@waxwatch/platform/http';
import { z } from 'zod';

const listing = ListingOut.meta()?.example;

const accepted = z.object({
  listing: ListingOut,
  match_context: z.record(z.string(), z.unknown()).meta({ description: 'Why the listing would match' }),
});

const rejected = z.object({
  listing: ListingOut,
  reasons: z
    .array(z.object({ code: z.enum(REJECTION_CODES), detail: z.string().nullable() }))
    .meta({ description: 'Every condition that the listing does not satisfy' }),
});

/** What a rule would find among the listings known already; nothing of it is stored. */
export const RulePreviewOut = z
  .object({
    checked: wireInteger().meta({ description: 'Listings held against the rule' }),
    days: wireInteger().meta({ description: 'How many days back they were seen at most' }),
    accepted_count: wireInteger().meta({ description: 'Of those, how many fit' }),
    rejected_count: wireInteger().meta({ description: 'And how many do not' }),
    accepted: z.array(accepted).meta({ description: 'Seen last first, at most `limit`' }),
    rejected: z.array(rejected).meta({
      description: 'Those that miss the fewest words first, then the fewest conditions; at most `limit`',
    }),
  })
  .meta({
    id: 'RulePreviewOut',
    example: {
      checked: 2,
      days: 30,
      accepted_count: 1,
      rejected_count: 1,
      accepted: [{ listing, match_context: { keywords: ['aphex twin'] } }],
      rejected: [{ listing, reasons: [{ code: REJECTION_CODES[0], detail: null }] }],
    },
  });
export type RulePreviewOut = z.input<typeof RulePreviewOut>;
