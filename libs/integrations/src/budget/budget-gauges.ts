import { Injectable } from '@nestjs/common';
import { Metrics } from '@waxwatch/platform/metrics';
import { PROVIDER_NAMES } from '../listing-provider';
import { ProviderBudget } from './provider-budget';

/** Shows what is left of each provider's calls. All processes share a budget and say the same. */
@Injectable()
export class BudgetGauges {
  constructor(
    private readonly budget: ProviderBudget,
    metrics: Metrics,
  ) {
    metrics.gaugesFrom(
      'waxwatch_provider_budget_left',
      'Calls to a provider that the running window still allows',
      'provider',
      async () => await this.read(({ limit, used }) => Math.max(limit - used, 0)),
    );
    metrics.gaugesFrom(
      'waxwatch_provider_budget_limit',
      'Calls to a provider that one window allows',
      'provider',
      async () => await this.read(({ limit }) => limit),
    );
  }

  private async read(value: (use: { limit: number; used: number }) => number): Promise<Map<string, number>> {
    const values = new Map<string, number>();
    for (const provider of PROVIDER_NAMES) {
      const use = await this.budget.use(provider);
      if (use !== null) values.set(provider, value(use));
    }
    return values;
  }
}
