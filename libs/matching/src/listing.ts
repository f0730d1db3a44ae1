import { conditionRank } from '@waxwatch/grading';
import { toMinor } from './money';
import { readSpellings, type Spellings } from './normalise';

/** A listing in the form that matching reads. Make one with `toMatchable`. */
export interface MatchableListing {
  readonly provider: string;
  readonly title: Spellings;
  /** The title as the provider wrote it: mapping reads its dashes and brackets. */
  readonly text: string;
  /** Hundredths of the currency's unit. */
  readonly priceMinor: number;
  /** Hundredths of the same currency; null when the cost of shipping is unknown, which does not mean free. */
  readonly shippingMinor: number | null;
  /** Upper case. */
  readonly currency: string;
  /** 1 (poor) to 8 (mint); null when the seller states no grade that we know. */
  readonly conditionRank: number | null;
  /** What its seller says of the pressing apart from the title: texts with catalogue number and barcode in them. */
  readonly codes: readonly Spellings[];
  readonly discogsReleaseId: number | null;
  readonly discogsMasterId: number | null;
  /** Only active listings match anything. */
  readonly isActive: boolean;
}

/** A stored or fetched listing: the columns that matter here. */
export interface ListingFacts {
  provider: string;
  /** As the provider wrote it, not the normalised form: only the former tells `AC/DC` from `AC DC`. */
  title: string;
  /** A decimal such as `"12.50"` or 12.5. */
  price: string | number;
  /** The same for shipping, in the same currency; null is unknown. */
  shippingPrice?: string | number | null | undefined;
  currency: string;
  condition: string | null;
  discogsReleaseId: number | null;
  discogsMasterId: number | null;
  status: string;
  /** What else the provider says; `aspects` may hold the pressing's `catno` and `barcode`. */
  raw?: Record<string, unknown> | null;
}

export function toMatchable(facts: ListingFacts): MatchableListing {
  return {
    provider: facts.provider,
    title: readSpellings(facts.title),
    text: facts.title,
    priceMinor: toMinor(facts.price, 'up') ?? Infinity,
    shippingMinor: toMinor(facts.shippingPrice, 'up'),
    currency: facts.currency.trim().toUpperCase(),
    conditionRank: conditionRank(facts.condition),
    codes: codesOf(facts.raw?.aspects),
    discogsReleaseId: facts.discogsReleaseId,
    discogsMasterId: facts.discogsMasterId,
    isActive: facts.status === 'active',
  };
}

function codesOf(aspects: unknown): Spellings[] {
  if (typeof aspects !== 'object' || aspects === null) return [];
  const { catno, barcode }: { catno?: unknown; barcode?: unknown } = aspects;
  return [catno, barcode].flatMap((code) => (typeof code === 'string' ? [readSpellings(code)] : []));
}
