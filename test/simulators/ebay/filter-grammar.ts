import { buyingOptionsOf, conditionIdOf, type EbayItemState } from './ebay-items';

export interface EbayWarning {
  errorId: number;
  domain: 'API_BROWSE';
  category: 'REQUEST';
  message: string;
  parameters: { name: string; value: string }[];
}

type Predicate = (item: EbayItemState) => boolean;

export interface ParsedFilter {
  predicates: Predicate[];
  warnings: EbayWarning[];
  /** An error id that fails the whole call. */
  errorId: number | null;
}

const BUYING_OPTIONS = new Set(['FIXED_PRICE', 'AUCTION', 'BEST_OFFER', 'CLASSIFIED_AD']);
const MAX_SELLERS = 250;
// Known to eBay, without effect on simulated items.
const WITHOUT_EFFECT = new Set([
  'priceCurrency',
  'deliveryCountry',
  'deliveryPostalCode',
  'searchInDescription',
  'returnsAccepted',
  'charityOnly',
  'priorityListing',
  'qualifiedPrograms',
  'sellerAccountTypes',
  'paymentMethods',
  'deliveryOptions',
  'guaranteedDeliveryInDays',
  'itemLocationRegion',
]);

type Reader = (value: string, all: Map<string, string>) => Predicate | 'invalid' | { warningId: number };

const READERS: Record<string, Reader> = {
  buyingOptions: (value) => {
    const wanted = readSet(value);
    if (!wanted?.every((option) => BUYING_OPTIONS.has(option))) return 'invalid';
    return (item) => buyingOptionsOf(item).some((option) => wanted.includes(option));
  },
  price: (value, all) => {
    const range = readRange(value, Number);
    if (!range) return 'invalid';
    const currency = all.get('priceCurrency');
    if (!currency) return { warningId: 12012 };
    return (item) => item.currency === currency && isInside(Number(item.price), range);
  },
  conditionIds: (value) => {
    const wanted = readSet(value);
    if (!wanted?.every((id) => /^\d{4}$/.test(id))) return 'invalid';
    return (item) => wanted.includes(conditionIdOf(item) ?? '');
  },
  conditions: (value) => {
    const wanted = readSet(value);
    if (!wanted?.every((name) => ['NEW', 'USED', 'UNSPECIFIED'].includes(name))) return 'invalid';
    return (item) => wanted.includes(item.condition?.toUpperCase() ?? 'UNSPECIFIED');
  },
  itemLocationCountry: (value) => (/^[A-Z]{2}$/.test(value) ? (item) => item.country === value : 'invalid'),
  maxDeliveryCost: (value) =>
    value === '0' ? (item) => (item.shipping ?? []).some(({ cost }) => Number(cost) === 0) : 'invalid',
  sellers: (value) => {
    const wanted = readSet(value);
    return wanted ? (item) => wanted.includes(item.seller ?? '') : 'invalid';
  },
  excludeSellers: (value) => {
    const unwanted = readSet(value);
    return unwanted ? (item) => !unwanted.includes(item.seller ?? '') : 'invalid';
  },
  excludeCategoryIds: (value) => {
    const unwanted = readSet(value);
    return unwanted ? (item) => !unwanted.includes(item.categoryId) : 'invalid';
  },
  itemStartDate: (value) => {
    const range = readRange(value, Date.parse);
    if (!range) return 'invalid';
    // `[A..]` is reported to give nothing for hours on the live service.
    return value.endsWith('..]') ? () => false : (item) => isInside(item.createdMs, range);
  },
  itemEndDate: (value) => {
    const range = readRange(value, Date.parse);
    return range
      ? (item) => item.endsAt !== undefined && isInside(Date.parse(item.endsAt), range)
      : 'invalid';
  },
  bidCount: (value) => {
    const range = readRange(value, Number);
    return range ? (item) => isInside(item.bidCount ?? 0, range) : 'invalid';
  },
};

/** Reads `filter`. A part that is wrong gives a warning and filters nothing: eBay then sends unfiltered rows. */
export function parseFilter(text: string | null): ParsedFilter {
  const parsed: ParsedFilter = { predicates: [], warnings: [], errorId: null };
  const parts = splitParts(text ?? '');
  const all = new Map(parts.map((part) => [part.name, part.value]));
  for (const { name, value } of parts) {
    if (WITHOUT_EFFECT.has(name)) continue;
    const predicate = READERS[name]?.(value, all) ?? 'invalid';
    if (typeof predicate === 'function') parsed.predicates.push(predicate);
    else
      parsed.warnings.push(
        warning(predicate === 'invalid' ? 12002 : predicate.warningId, `${name}:${value}`),
      );
    if (name === 'sellers' && (readSet(value)?.length ?? 0) > MAX_SELLERS) parsed.errorId = 12032;
  }
  // Without the filter only items that can be bought at once are shown.
  if (!all.has('buyingOptions'))
    parsed.predicates.push((item) => buyingOptionsOf(item).includes('FIXED_PRICE'));
  return parsed;
}

export function warning(errorId: number, value: string, name = 'filter'): EbayWarning {
  const message =
    errorId === 12012 ? 'The price filter needs priceCurrency.' : `The '${name}' value is not valid.`;
  return { errorId, domain: 'API_BROWSE', category: 'REQUEST', message, parameters: [{ name, value }] };
}

function splitParts(text: string): { name: string; value: string }[] {
  return text
    .split(/,(?![^{[]*[}\]])/)
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const colon = part.indexOf(':');
      return colon < 0
        ? { name: part.trim(), value: '' }
        : { name: part.slice(0, colon).trim(), value: part.slice(colon + 1).trim() };
    });
}

function readSet(value: string): string[] | null {
  const inner = /^\{([^{}]+)\}$/.exec(value)?.[1];
  return inner === undefined ? null : inner.split('|');
}

/** `[a..b]`, `[..b]`, `[a..]` or `[a]`. */
function readRange(value: string, read: (text: string) => number): [number, number] | null {
  const inner = /^\[(.+)\]$/.exec(value)?.[1];
  if (inner === undefined) return null;
  const [low = '', high = low] = inner.split('..');
  if (low === '' && high === '') return null;
  const range: [number, number] = [low === '' ? -Infinity : read(low), high === '' ? Infinity : read(high)];
  return range.some(Number.isNaN) ? null : range;
}

function isInside(value: number, [low, high]: [number, number]): boolean {
  return value >= low && value <= high;
}
