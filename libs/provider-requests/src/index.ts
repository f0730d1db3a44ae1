export { ProviderRequestsApiModule } from './provider-requests-api.module';
