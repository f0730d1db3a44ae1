import { Accounts1764000000000 } from './1764000000000-accounts';
import { Watches1764000000001 } from './1764000000001-watches';
import { Listings1764000000002 } from './1764000000002-listings';
import { EventsAndNotifications1764000000003 } from './1764000000003-events-and-notifications';
import { Polling1764000000004 } from './1764000000004-polling';
import { DiscogsAccount1764000000010 } from './1764000000010-discogs-account';
import { Sessions1764000000020 } from './1764000000020-sessions';
import { ListingMappings1764000000040 } from './1764000000040-listing-mappings';
import { WatchBackfills1764000000041 } from './1764000000041-watch-backfills';
import { ReleaseCodes1764000000042 } from './1764000000042-release-codes';
import { WatchesOfReleases1764000000043 } from './1764000000043-watches-of-releases';
import { EbayAccountDeletions1764000000045 } from './1764000000045-ebay-account-deletions';
import { ExchangeRates1764000000046 } from './1764000000046-exchange-rates';
import { DiscogsLists1764000000047 } from './1764000000047-discogs-lists';
import { ListingChecks1764000000049 } from './1764000000049-listing-checks';
import { AskedCeiling1764000000050 } from './1764000000050-asked-ceiling';
import { UsersMarketplace1764000000051 } from './1764000000051-users-marketplace';
import { FairPolling1764000000055 } from './1764000000055-fair-polling';
import { UserChannels1764000000060 } from './1764000000060-user-channels';
import { MailFeedback1764000000061 } from './1764000000061-mail-feedback';
import { ChannelArrivals1764000000064 } from './1764000000064-channel-arrivals';
import { LiftedSuppressions1764000000065 } from './1764000000065-lifted-suppressions';
import { DeliveryTiming1764000000070 } from './1764000000070-delivery-timing';
import { RuleBaselines1764000000071 } from './1764000000071-rule-baselines';
import { LiveIndexes1764000000075 } from './1764000000075-live-indexes';

/** In the order in which they run. A merged migration is never edited. */
export const MIGRATIONS = [
  Accounts1764000000000,
  Watches1764000000001,
  Listings1764000000002,
  EventsAndNotifications1764000000003,
  Polling1764000000004,
  DiscogsAccount1764000000010,
  Sessions1764000000020,
  ListingMappings1764000000040,
  WatchBackfills1764000000041,
  ReleaseCodes1764000000042,
  WatchesOfReleases1764000000043,
  EbayAccountDeletions1764000000045,
  ExchangeRates1764000000046,
  DiscogsLists1764000000047,
  ListingChecks1764000000049,
  AskedCeiling1764000000050,
  UsersMarketplace1764000000051,
  FairPolling1764000000055,
  UserChannels1764000000060,
  MailFeedback1764000000061,
  ChannelArrivals1764000000064,
  LiftedSuppressions1764000000065,
  DeliveryTiming1764000000070,
  RuleBaselines1764000000071,
  LiveIndexes1764000000075,
];
