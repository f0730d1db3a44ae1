import { PROVIDER_NAMES, type ProviderName } from '@waxwatch/integrations';
import { EXAMPLE, readInstant, wireId, wireInstant, wireText, wireUuid } from '@waxwatch/platform/http';
import { z } from 'zod';

/** What is not to be told of. */
export type MuteTarget =
  | { kind: 'rule'; ruleId: string }
  | { kind: 'listing'; listingId: string }
  | { kind: 'seller'; provider: ProviderName; seller: string };

export interface NewMute {
  target: MuteTarget;
  /** RFC 3339; null for good. */
  until: string | null;
}

export const MuteId = wireUuid();

const instant = () =>
  z
    .string()
    .transform((text, context) => {
      const read = readInstant(text);
      if (read !== null) return read;
      context.addIssue({ code: 'custom', message: 'Input should be a valid datetime' });
      return z.NEVER;
    })
    .meta({ format: 'date-time' });

export const MuteCreate = z
  .object({
    rule_id: wireUuid().nullish(),
    listing_id: wireUuid().nullish(),
    provider: z.enum(PROVIDER_NAMES).nullish(),
    seller: wireText(1, 120).nullish(),
    muted_until: instant()
      .nullish()
      .describe(
        'When it ends by itself, which makes it a snooze: alerts are held back until then, and come as one message.',
      ),
  })
  .meta({ id: 'MuteCreate', example: { provider: 'ebay', seller: 'spinbox', muted_until: null } })
  .transform((body, context): NewMute => {
    const targets = targetsOf(body);
    const [target] = targets;
    if (target && targets.length === 1) return { target, until: body.muted_until ?? null };
    context.addIssue({
      code: 'custom',
      message: 'name one of rule_id, listing_id, or provider with seller',
    });
    return z.NEVER;
  });

interface Stated {
  rule_id?: string | null | undefined;
  listing_id?: string | null | undefined;
  provider?: ProviderName | null | undefined;
  seller?: string | null | undefined;
}

function targetsOf({ rule_id, listing_id, provider, seller }: Stated): MuteTarget[] {
  const targets: MuteTarget[] = [];
  if (rule_id) targets.push({ kind: 'rule', ruleId: rule_id });
  if (listing_id) targets.push({ kind: 'listing', listingId: listing_id });
  if (provider && seller) targets.push({ kind: 'seller', provider, seller });
  return targets;
}

export const MuteOut = z
  .object({
    id: wireId(),
    rule_id: wireId().nullable(),
    listing_id: wireId().nullable(),
    provider: z.enum(PROVIDER_NAMES).nullable(),
    seller: z.string().nullable(),
    muted_until: wireInstant().nullable(),
    created_at: wireInstant(),
  })
  .meta({
    id: 'MuteOut',
    example: {
      id: EXAMPLE.id,
      rule_id: null,
      listing_id: null,
      provider: 'ebay',
      seller: 'spinbox',
      muted_until: null,
      created_at: EXAMPLE.instant,
    },
  });
export type MuteOut = z.output<typeof MuteOut>;
