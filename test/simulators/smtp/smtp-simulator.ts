import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface ReceivedMail {
  from: string;
  to: string[];
  /** Headers and body as they came over the wire. */
  source: string;
}

/** A mail server on a loopback port that wants a login. It answers RCPT as it is told. */
export class SmtpSimulator {
  readonly mails: ReceivedMail[] = [];
  /** What the next recipients are refused with, each once. */
  readonly refusals: { code: number; text: string }[] = [];
  private server: SMTPServer | null = null;

  async start(): Promise<string> {
    const server = new SMTPServer({
      // Its own certificate would be refused, as it should be.
      disabledCommands: ['STARTTLS'],
      authOptional: false,
      allowInsecureAuth: true,
      disableReverseLookup: true,
      closeTimeout: 100,
      onAuth: ({ username, password }, _session, done) => {
        const isKnown = username === 'wax@watch' && password === 'p:ss';
        if (isKnown) done(null, { user: username });
        else done(Object.assign(new Error('authentication failed'), { responseCode: 535 }));
      },
      onRcptTo: (_address, _session, done) => {
        const refusal = this.refusals.shift();
        done(refusal ? Object.assign(new Error(refusal.text), { responseCode: refusal.code }) : null);
      },
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const { mailFrom, rcptTo } = session.envelope;
          this.mails.push({
            from: mailFrom === false ? '' : mailFrom.address,
            to: rcptTo.map(({ address }) => address),
            source: Buffer.concat(chunks).toString('utf8'),
          });
          done();
        });
      },
    });
    this.server = server;
    // A client that hangs up, or does not like our certificate, is no error of ours.
    server.on('error', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `smtp://wax%40watch:p%3Ass@127.0.0.1:${this.port}`;
  }

  get port(): number {
    const address: AddressInfo | string | null | undefined = this.server?.server.address();
    if (!address || typeof address === 'string') throw new Error('simulator is not running');
    return address.port;
  }

  async stop(): Promise<void> {
    const server = this.server;
    this.server = null;
    if (server) await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}
