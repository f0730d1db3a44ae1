import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Agent, request } from 'undici';
import { readEcbDocument } from './ecb-document';
import type { ReferenceRates } from './reference-rates';

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 200_000;

/** Where the European Central Bank publishes its rates, once on each of its working days at about 16:00 in Frankfurt. */
@Injectable()
export class EcbRates implements OnApplicationShutdown {
  private readonly agent = new Agent({ connect: { timeout: 2_000 }, maxResponseSize: MAX_BYTES });

  constructor(@InjectConfig() private readonly config: Pick<AppConfig, 'FX_RATES_URL'>) {}

  /**
   * The latest rates.
   * @throws UnreadableRatesError, or an `Error` of the transport; redirects are refused
   */
  async fetch(): Promise<ReferenceRates> {
    const response = await request(this.config.FX_RATES_URL, {
      dispatcher: this.agent,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: { accept: 'application/xml, text/xml' },
    });
    const text = await response.body.text();
    if (response.statusCode !== 200) throw new Error(`status ${response.statusCode}`);
    return readEcbDocument(text);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }
}
