export { Listing, LISTING_STATUSES, type ListingStatus } from './listing.entity';
export { ListingAlert } from './listing-alert.entity';
export { OutboundClick } from './outbound-click.entity';
export { PriceSnapshot } from './price-snapshot.entity';
export { RuleBackfill } from './rule-backfill.entity';
