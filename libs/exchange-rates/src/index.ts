export { ExchangeRate } from './exchange-rate.entity';
export { ExchangeRateRefresh } from './exchange-rate-refresh.entity';
export { ExchangeRates } from './exchange-rates';
export { ExchangeRatesModule, ExchangeRatesWorkerModule } from './exchange-rates.module';
export { RatesRefresh } from './rates-refresh';
export { SHIPPED_RATES, type ReferenceRates } from './reference-rates';
