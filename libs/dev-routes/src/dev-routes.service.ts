import { Injectable } from '@nestjs/common';
import { isProviderError, PROVIDER_NAMES, ProviderSelectionError } from '@waxwatch/integrations';
import { ListingIngest, ListingReader, type ListingRow } from '@waxwatch/listings';
import { Database } from '@waxwatch/platform/database';
import { AppError } from '@waxwatch/platform/errors';
import { type PollOutcome, RuleRunner } from '@waxwatch/polling';
import { type DevListingIngest, toProviderListing } from './dev-routes.schema';

const OWN_RULE = `
  SELECT is_active, EXISTS (SELECT FROM poll_subscriptions s WHERE s.rule_id = r.id) AS is_polled
  FROM watch_search_rules r WHERE id = $1 AND user_id = $2`;

const NOTHING: PollOutcome = {
  fetched: 0,
  createdListings: 0,
  createdSnapshots: 0,
  createdMatches: 0,
  dropped: 0,
};

export interface DevIngest {
  listing: ListingRow;
  hasCreatedListing: boolean;
  hasCreatedSnapshot: boolean;
  createdMatches: number;
}

/** Does at once what otherwise a marketplace or the clock decides. */
@Injectable()
export class DevRoutesService {
  constructor(
    private readonly db: Database,
    private readonly ingestion: ListingIngest,
    private readonly listings: ListingReader,
    private readonly runner: RuleRunner,
  ) {}

  /** @throws AppError 400 for an unknown provider, 422 for a listing that no row can hold */
  async ingest(body: DevListingIngest): Promise<DevIngest> {
    const provider = PROVIDER_NAMES.find((name) => name === body.provider);
    if (!provider) throw new AppError('bad_request', `'${body.provider}' is not a valid Provider`);
    const summary = await this.ingestion.ingest([toProviderListing(body, provider)]);
    const [stored] = summary.stored;
    if (!stored) throw new AppError('unprocessable', 'listing cannot be stored');
    return {
      listing: await this.listings.get(stored.id),
      hasCreatedListing: summary.createdListings > 0,
      hasCreatedSnapshot: summary.createdSnapshots > 0,
      createdMatches: summary.createdMatches,
    };
  }

  /** @throws AppError 404, 409 for a rule that cannot be polled, 502 when the provider fails */
  async runRule(userId: string, ruleId: string, limit: number): Promise<PollOutcome> {
    const [rule] = await this.db.rows<{ is_active: boolean; is_polled: boolean }>(OWN_RULE, [ruleId, userId]);
    if (!rule) throw new AppError('not_found', 'Rule not found');
    if (!rule.is_active) return NOTHING;
    if (!rule.is_polled) throw new AppError('conflict', 'Rule has no enabled sources');
    try {
      return await this.runner.run(ruleId, limit);
    } catch (error) {
      if (error instanceof ProviderSelectionError) {
        throw new AppError('conflict', error.message, { cause: error });
      }
      if (isProviderError(error)) throw new AppError('bad_gateway', error.message, { cause: error });
      throw error;
    }
  }
}
