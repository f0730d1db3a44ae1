export * from './listing-provider';
export { isProviderError, ProviderError, providerLabel, type ProviderErrorKind } from './provider-error';
export {
  missingConfigReason,
  ProviderRegistry,
  ProviderSelectionError,
  type ProviderRegistration,
  type ProviderStatus,
} from './provider-registry';
export {
  DiscardingRequestLog,
  ProviderRequestLog,
  type ProviderAttempt,
} from './request-log/provider-request-log';
export { providerNotice } from './provider-notices';
export { cleanText, toCurrency, toMoney } from './listing-text';
export {
  MockMarketplace,
  type MockMarketplaceOptions,
  type MockOffer,
  type MockPublication,
} from './mock/mock-marketplace';
export { mockReleases, type MockRelease } from './mock/mock-listing';
export { MockProvider } from './mock/mock.provider';
export { ProviderPause } from './pauses/provider-pause.entity';
export { ProviderRequest, SYSTEM_USER_ID } from './request-log/provider-request.entity';
export { IntegrationsModule, IntegrationsWorkerModule } from './integrations.module';
export { affiliateUrl, isEbayUrl, publicUrl, type AffiliateOptions } from './affiliate-url';
export { currencyOfMarketplace, EBAY_MARKETPLACES, isEbayHost } from './ebay/ebay-hosts';
export { EbayCallLimits } from './ebay/ebay-call-limits';
export { answerEbayChallenge, EbayNotifications } from './ebay/ebay-notifications';
export { EbayProvider, LOOKUP_LISTING_ENDPOINT } from './ebay/ebay.provider';
export {
  DiscogsProvider,
  type DiscogsCataloguePage,
  type DiscogsCatalogueType,
} from './discogs/discogs.provider';
export { DiscogsApi, type DiscogsRequest } from './discogs/discogs-api';
export {
  DISCOGS_SOURCES,
  DiscogsAccounts,
  type DiscogsAccountsOptions,
  type DiscogsCredential,
  type DiscogsListPage,
  type DiscogsSource,
  type PagedSource,
} from './discogs/discogs-accounts';
export type { DiscogsListEntry } from './discogs/discogs-account.schema';
export type { DiscogsEntry } from './discogs/discogs-listing';
export {
  ProviderBudget,
  type BudgetAllowance,
  type BudgetRoom,
  type BudgetUse,
  type CallPriority,
} from './budget/provider-budget';
export { InProcessPauses, ProviderPauses } from './pauses/provider-pauses';
export { ProviderMetrics } from './provider-metrics';
