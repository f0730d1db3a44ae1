import { Injectable } from '@nestjs/common';
import {
  DiscogsProvider,
  isProviderError,
  type ProviderErrorKind,
  ProviderRegistry,
} from '@waxwatch/integrations';
import { AppError } from '@waxwatch/platform/errors';
import type { CataloguePage, CatalogueRequest } from './catalogue.schema';

const DEADLINE_MS = 8000;
/** Discogs ends every search at this page. */
const LAST_PAGE = 100;
const NOTHING: CataloguePage = { entries: [], total: undefined };
/** Failures that pass by themselves. */
const PASSING: ReadonlySet<ProviderErrorKind> = new Set([
  'throttled',
  'quota',
  'budget_exhausted',
  'unavailable',
]);

/** Looks for releases, masters, artists and labels in the Discogs catalogue, whether for sale or not. */
@Injectable()
export class CatalogueService {
  constructor(
    private readonly providers: ProviderRegistry,
    private readonly discogs: DiscogsProvider,
  ) {}

  /** @throws AppError 503 while Discogs is disabled or cannot be asked, 502 for an answer that is none */
  async search(userId: string, { terms, type, limit, offset }: CatalogueRequest): Promise<CataloguePage> {
    const { enabled, reason } = this.providers.status(this.discogs.name);
    if (!enabled) throw new AppError('unavailable', `Provider 'discogs' is disabled: ${reason ?? ''}`);
    const page = { number: offset / limit + 1, size: limit };
    if (page.number > LAST_PAGE) return NOTHING;
    try {
      const signal = AbortSignal.timeout(DEADLINE_MS);
      return await this.discogs.searchCatalogue(terms, type, page, {
        signal,
        priority: 'interactive',
        userId,
      });
    } catch (error) {
      // A page beyond the last one.
      if (isProviderError(error) && error.kind === 'gone') return NOTHING;
      throw toAppError(error);
    }
  }
}

function toAppError(error: unknown): unknown {
  if (!isProviderError(error)) return error;
  const { kind, message, retryAfterMs } = error;
  return new AppError(PASSING.has(kind) ? 'unavailable' : 'bad_gateway', message, {
    cause: error,
    ...(retryAfterMs === null ? {} : { retryAfterSeconds: Math.max(Math.ceil(retryAfterMs / 1000), 1) }),
  });
}
