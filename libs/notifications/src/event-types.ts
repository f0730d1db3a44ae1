/** Event types in the stored order of `event_type_enum`. */
export const EVENT_TYPES = [
  'RULE_CREATED',
  'RULE_UPDATED',
  'RULE_DISABLED',
  'RULE_ENABLED',
  'WATCH_RELEASE_CREATED',
  'WATCH_RELEASE_UPDATED',
  'WATCH_RELEASE_DISABLED',
  'WATCH_RELEASE_ENABLED',
  'LISTING_FIRST_SEEN',
  'LISTING_PRICE_DROP',
  'LISTING_PRICE_RISE',
  'LISTING_ENDED',
  'NEW_MATCH',
  'IMPORT_STARTED',
  'IMPORT_COMPLETED',
  'IMPORT_FAILED',
  'RULE_DELETED',
  'CHANNEL_DISABLED',
  'CHANNEL_TESTED',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/**
 * The types that reach a person unless they say otherwise. Everything else, such as a user's own edits, is kept
 * as an event only.
 */
export const NOTIFIED_BY_DEFAULT: readonly EventType[] = [
  'NEW_MATCH',
  'LISTING_PRICE_DROP',
  'IMPORT_COMPLETED',
  'IMPORT_FAILED',
  'CHANNEL_DISABLED',
];
