import { Injectable, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Ticker } from '@waxwatch/platform/queue';
import { EcbRates } from './ecb-rates';
import { ExchangeRateRefresh } from './exchange-rate-refresh.entity';
import { ExchangeRate } from './exchange-rate.entity';
import { ExchangeRates } from './exchange-rates';
import { RatesRefresh } from './rates-refresh';

/** How often a worker looks whether it is time; whether it is, the row says. */
const TICK_SECONDS = 60;

@Module({
  imports: [TypeOrmModule.forFeature([ExchangeRate, ExchangeRateRefresh])],
  providers: [EcbRates, ExchangeRates, RatesRefresh],
  exports: [ExchangeRates, RatesRefresh],
})
export class ExchangeRatesModule {}

@Injectable()
class RatesTick implements OnApplicationBootstrap {
  constructor(
    private readonly refresh: RatesRefresh,
    private readonly ticker: Ticker,
    @InjectConfig() private readonly config: AppConfig,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.config.FX_REFRESH_ENABLED) return;
    this.ticker.every('refresh-exchange-rates', TICK_SECONDS, async () => {
      await this.refresh.refreshDue();
    });
  }
}

@Module({ imports: [ExchangeRatesModule], providers: [RatesTick] })
export class ExchangeRatesWorkerModule {}
