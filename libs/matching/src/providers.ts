import type { ProviderName } from '@waxwatch/integrations';

/** One bit per provider. The type makes a provider that is missing here fail to compile. */
const PROVIDER_BITS: Readonly<Record<ProviderName, number>> = {
  discogs: 1,
  ebay: 2,
  musicbrainz: 4,
  spotify: 8,
  mock: 16,
};

const BITS_BY_NAME: ReadonlyMap<string, number> = new Map(Object.entries(PROVIDER_BITS));

/** The mask that accepts every provider. */
export const ALL_PROVIDERS = providerMask(BITS_BY_NAME.keys());

/** The bits of the named providers together; unknown names add nothing. */
export function providerMask(names: Iterable<string>): number {
  let mask = 0;
  for (const name of names) mask |= providerBit(name);
  return mask;
}

/** The bit of one provider, 0 when we do not know it. */
export function providerBit(name: string): number {
  return BITS_BY_NAME.get(name) ?? 0;
}

/** The names in a mask, in stored order. */
export function providersIn(mask: number): string[] {
  return [...BITS_BY_NAME].filter(([, bit]) => (mask & bit) !== 0).map(([name]) => name);
}
