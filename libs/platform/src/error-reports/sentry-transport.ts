import { Logger } from '@nestjs/common';
import type { BaseTransportOptions, TransportMakeRequestResponse, TransportRequest } from '@sentry/core';
import { Agent, request } from 'undici';

const TIMEOUT_MS = 5000;

/** Envelopes over HTTP, on connections of their own. Says once per outage that they do not arrive. */
export class SentrySender {
  private readonly logger = new Logger('error-reports');
  private readonly agent = new Agent({ connect: { timeout: 2000 }, connections: 2 });
  private isHeard = true;

  constructor(private readonly options: Pick<BaseTransportOptions, 'url' | 'headers'>) {}

  /** Sends one envelope. @throws when there is no answer within five seconds; the event is lost then */
  async send({ body }: TransportRequest): Promise<TransportMakeRequestResponse> {
    try {
      const response = await request(this.options.url, {
        method: 'POST',
        dispatcher: this.agent,
        signal: AbortSignal.timeout(TIMEOUT_MS),
        headers: { ...this.options.headers, 'content-type': 'application/x-sentry-envelope' },
        body,
      });
      await response.body.dump();
      this.note(response.statusCode);
      const header = (name: string): string | null => String(response.headers[name] ?? '') || null;
      return {
        statusCode: response.statusCode,
        headers: {
          'x-sentry-rate-limits': header('x-sentry-rate-limits'),
          'retry-after': header('retry-after'),
        },
      };
    } catch (error) {
      this.note(null);
      throw error;
    }
  }

  private note(status: number | null): void {
    const isHeard = status !== null && status < 400;
    if (this.isHeard && !isHeard) this.logger.warn({ event: 'error_reporting.unheard', status_code: status });
    this.isHeard = isHeard;
  }
}
