import type { Reply } from '../http-simulator';

/** Rows as a broken index or a hostile seller would send them. None of them may become a listing. */
export const BAD_EBAY_ROWS: readonly unknown[] = [
  null,
  'not an item',
  {},
  { itemId: 'v1|1|0', title: 'No price', itemWebUrl: 'https://www.ebay.com/itm/1' },
  row(2, { price: { value: 'NaN', currency: 'USD' } }),
  row(3, { price: { value: '-5.00', currency: 'USD' } }),
  row(4, { price: { value: '0.00', currency: 'USD' } }),
  row(5, { price: { value: '99999999999.00', currency: 'USD' } }),
  row(6, { price: { value: '1e3', currency: 'USD' } }),
  row(7, { price: { value: '10.00', currency: '$' } }),
  row(8, { itemWebUrl: 'javascript:alert(1)' }),
  row(9, { itemWebUrl: 'http://www.ebay.com/itm/9' }),
  row(10, { itemWebUrl: 'https://www.ebay.com.evil.test/itm/10' }),
  row(11, { title: '<script></script>\u0000' }),
  row(12, { itemId: 'x'.repeat(200) }),
  row(13, { title: 42 }),
  row(14, { buyingOptions: ['CLASSIFIED_AD'] }),
  row(15, { currentBidPrice: { value: 'free', currency: 'USD' } }),
];

function row(number: number, overrides: Record<string, unknown>): Record<string, unknown> {
  return {
    itemId: `v1|${number}|0`,
    title: `Bad row ${number}`,
    itemWebUrl: `https://www.ebay.com/itm/${number}`,
    price: { value: '10.00', currency: 'USD' },
    ...overrides,
  };
}

/** Applies a content fault to a search page. */
export function spoilEbayPage(
  kind: 'empty_page' | 'duplicate_rows' | 'malformed_items',
  reply: Reply,
): Reply {
  const body: Record<string, unknown> = { ...(typeof reply.body === 'object' ? reply.body : {}) };
  const rows: unknown[] = Array.isArray(body.itemSummaries) ? body.itemSummaries : [];
  if (kind === 'empty_page') delete body.itemSummaries;
  else if (kind === 'duplicate_rows') body.itemSummaries = [...rows, ...rows];
  else body.itemSummaries = [...BAD_EBAY_ROWS, ...rows];
  return { ...reply, body };
}
