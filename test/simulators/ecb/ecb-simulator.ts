import { z } from 'zod';
import type { Controls } from '../control';
import { HttpSimulator, type Reply, type SimulatedRequest } from '../http-simulator';

const PATH = '/stats/eurofxref/eurofxref-daily.xml';

const publication = z.object({ date: z.string(), rates: z.record(z.string(), z.string()) });

const FIRST = {
  date: '2026-03-20',
  rates: { USD: '1.1000', JPY: '180.00', GBP: '0.88000', CHF: '0.9100', SEK: '10.9000', AUD: '1.6500' },
};

/** The daily reference rates of the European Central Bank, in its own layout. */
export class EcbSimulator extends HttpSimulator {
  private published: z.infer<typeof publication> = FIRST;

  /** Where the rates are. */
  get ratesUrl(): string {
    return `${this.url}${PATH}`;
  }

  /** Replaces the document by rates of a day. */
  publish(date: string, rates: Record<string, string>): void {
    this.published = { date, rates };
  }

  protected override answer(request: SimulatedRequest): Reply {
    if (request.path !== PATH)
      return { status: 404, body: '<html>Not Found</html>', contentType: 'text/html' };
    return { status: 200, body: this.document(), contentType: 'text/xml' };
  }

  protected override decorate(reply: Reply): Reply {
    return reply;
  }

  protected override spoil(kind: 'empty_page' | 'duplicate_rows' | 'malformed_items', reply: Reply): Reply {
    const rows = kind === 'empty_page' ? [] : Object.entries(this.published.rates);
    const value = (rate: string) => (kind === 'malformed_items' ? rate.replace('.', ',') : rate);
    const lines = rows.map(([currency, rate]) => cube(currency, value(rate)));
    return { ...reply, body: this.document(kind === 'duplicate_rows' ? [...lines, ...lines] : lines) };
  }

  protected override clearData(): void {
    this.published = FIRST;
  }

  protected override controls(): Controls {
    return {
      'POST rates': (body) => {
        this.published = publication.parse(body);
      },
    };
  }

  private document(
    lines = Object.entries(this.published.rates).map(([currency, rate]) => cube(currency, rate)),
  ): string {
    return `<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
\t<gesmes:subject>Reference rates</gesmes:subject>
\t<gesmes:Sender>
\t\t<gesmes:name>European Central Bank</gesmes:name>
\t</gesmes:Sender>
\t<Cube>
\t\t<Cube time='${this.published.date}'>
${lines.join('\n')}
\t\t</Cube>
\t</Cube>
</gesmes:Envelope>`;
  }
}

const cube = (currency: string, rate: string): string =>
  `\t\t\t<Cube currency='${currency}' rate='${rate}'/>`;
