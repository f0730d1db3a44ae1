import { execFileSync } from 'node:child_process';
import { createSign, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Controls } from '../control';
import { HttpSimulator, type Reply, type SimulatedRequest } from '../http-simulator';

export const TOPIC = 'arn:aws:sns:us-east-1:111122223333:ses-feedback';

/** Amazon SNS: serves its signing certificate, signs messages in both versions, takes confirmations. */
export class SnsSimulator extends HttpSimulator {
  private readonly key: string;
  private readonly certificate: string;

  constructor() {
    super();
    const dir = mkdtempSync(join(tmpdir(), 'sns-'));
    const [key, certificate] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
    const args = `req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=sns.amazonaws.com -keyout ${key} -out ${certificate}`;
    execFileSync('openssl', args.split(' '), { stdio: 'ignore' });
    this.key = readFileSync(key, 'utf8');
    this.certificate = readFileSync(certificate, 'utf8');
  }

  /** A signed message as it is posted; `over` replaces fields before it is signed. */
  message(fields: Record<string, string>, version: '1' | '2' = '2'): Record<string, string> {
    const message: Record<string, string> = {
      Type: 'Notification',
      MessageId: randomUUID(),
      TopicArn: TOPIC,
      Timestamp: this.clock.now().toISOString(),
      ...fields,
    };
    const order =
      message['Type'] === 'Notification'
        ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
        : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
    const signed = order
      .flatMap((name) => (message[name] === undefined ? [] : `${name}\n${message[name]}\n`))
      .join('');
    const signer = createSign(version === '1' ? 'RSA-SHA1' : 'RSA-SHA256').update(signed, 'utf8');
    return {
      ...message,
      SignatureVersion: version,
      Signature: signer.sign(this.key, 'base64'),
      SigningCertURL: `${this.url}/SimpleNotificationService-1.pem`,
    };
  }

  bounce(address: string, bounceType = 'Permanent'): string {
    const bouncedRecipients = [{ emailAddress: address, action: 'failed', status: '5.1.1' }];
    return JSON.stringify({
      notificationType: 'Bounce',
      mail: {},
      bounce: { bounceType, bounceSubType: 'General', bouncedRecipients },
    });
  }

  complaint(address: string, complaintFeedbackType: string | null): string {
    const complainedRecipients = [{ emailAddress: address }];
    return JSON.stringify({
      eventType: 'Complaint',
      mail: {},
      complaint: { complainedRecipients, complaintFeedbackType },
    });
  }

  protected override answer({ path }: SimulatedRequest): Reply {
    if (path.endsWith('.pem'))
      return { status: 200, body: this.certificate, contentType: 'application/x-pem-file' };
    return path === '/confirm'
      ? { status: 200, body: '<ConfirmSubscriptionResponse/>' }
      : { status: 404, body: '' };
  }

  protected override decorate(reply: Reply): Reply {
    return reply;
  }

  protected override spoil(_kind: string, reply: Reply): Reply {
    return reply;
  }

  protected override clearData(): void {
    this.journal.length = 0;
  }

  protected override controls(): Controls {
    return {};
  }
}
