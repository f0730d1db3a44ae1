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
export { cleanText, toCurrency, toMoney } from './listing-text';
export {
  MockMarketplace,
  type MockMarketplaceOptions,
  type MockOffer,
  type MockPublication,
} from './mock/mock-marketplace';
export { mockReleases, type MockRelease } from './mock/mock-listing';
export { MockProvider } from './mock/mock.provider';
export { ExternalAccountLink } from './discogs-account/external-account-link.entity';
export { ImportJob } from './discogs-account/import-job.entity';
export { ProviderPause } from './pauses/provider-pause.entity';
export { ProviderRequest, SYSTEM_USER_ID } from './request-log/provider-request.entity';
