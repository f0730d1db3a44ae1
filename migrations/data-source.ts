import { Session, UsedLoginNonce } from '@waxwatch/auth';
import {
  ExternalAccountLink,
  ImportJob,
  ImportSeenRelease,
  PendingAuthorisation,
} from '@waxwatch/discogs-account';
import { EbayAccountDeletion } from '@waxwatch/ebay-deletions';
import { Event } from '@waxwatch/events';
import { ExchangeRate, ExchangeRateRefresh } from '@waxwatch/exchange-rates';
import { ProviderPause, ProviderRequest } from '@waxwatch/integrations';
import {
  Listing,
  ListingAlert,
  OutboundClick,
  PriceSnapshot,
  ReleaseCodes,
  RuleBackfill,
  RuleBaseline,
  WatchBackfill,
  WatchBaseline,
} from '@waxwatch/listings';
import { WatchMatch } from '@waxwatch/matching';
import {
  ChannelArrival,
  EmailSuppression,
  MailFeedbackMessage,
  Mute,
  Notification,
  SendTurn,
  UserChannel,
  UserStream,
} from '@waxwatch/notifications';
import { SnakeNaming } from '@waxwatch/platform/database';
import { PollPlan, PollSubscription, PollTarget } from '@waxwatch/polling';
import { DeletedUser, NotificationPreferences, User } from '@waxwatch/users';
import { WatchRelease } from '@waxwatch/watch-releases';
import { WatchRule } from '@waxwatch/watch-rules';
import { DataSource } from 'typeorm';
import { MIGRATIONS } from './all-migrations';

/** Every table, so that the schema in code can be held against the migrated one. */
export const ENTITIES = [
  ChannelArrival,
  DeletedUser,
  EmailSuppression,
  MailFeedbackMessage,
  EbayAccountDeletion,
  Event,
  ExchangeRate,
  ExchangeRateRefresh,
  ExternalAccountLink,
  ImportJob,
  ImportSeenRelease,
  Listing,
  ListingAlert,
  Mute,
  Notification,
  NotificationPreferences,
  OutboundClick,
  PendingAuthorisation,
  PollPlan,
  PollSubscription,
  PollTarget,
  PriceSnapshot,
  ProviderPause,
  ProviderRequest,
  ReleaseCodes,
  RuleBackfill,
  RuleBaseline,
  WatchBackfill,
  WatchBaseline,
  SendTurn,
  Session,
  UsedLoginNonce,
  User,
  UserChannel,
  UserStream,
  WatchMatch,
  WatchRelease,
  WatchRule,
];

export const MIGRATIONS_TABLE = 'schema_migrations';

/** A connection of its own for migrations and schema checks; no pool settings, no time limits but the lock's. */
export function migrationDataSource(url: string, lockTimeoutMs = 3000): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    applicationName: 'waxwatch-migrate',
    poolSize: 2,
    namingStrategy: new SnakeNaming(),
    entities: ENTITIES,
    migrations: MIGRATIONS,
    migrationsTableName: MIGRATIONS_TABLE,
    installExtensions: false,
    uuidExtension: 'pgcrypto',
    logging: ['error'],
    // The role may have limits for the application; an index may take longer than those.
    extra: {
      lock_timeout: lockTimeoutMs,
      options: '-c statement_timeout=0 -c idle_in_transaction_session_timeout=0',
    },
  });
}
