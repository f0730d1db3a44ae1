import { createVerify, type KeyObject } from 'node:crypto';
import { z } from 'zod';

/** A message of Amazon SNS over HTTPS; its `Message` is text that holds JSON. */
export const snsMessage = z.object({
  Type: z.enum(['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation']),
  MessageId: z.string().min(1).max(100),
  TopicArn: z.string().max(300),
  Subject: z.string().optional(),
  Message: z.string(),
  Timestamp: z.string(),
  Token: z.string().optional(),
  SubscribeURL: z.string().optional(),
  SignatureVersion: z.enum(['1', '2']),
  Signature: z.string(),
  SigningCertURL: z.string(),
});
export type SnsMessage = z.infer<typeof snsMessage>;

const NOTIFICATION = ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'] as const;
const CONFIRMATION = [
  'Message',
  'MessageId',
  'SubscribeURL',
  'Timestamp',
  'Token',
  'TopicArn',
  'Type',
] as const;

/** Whether the key signed the message, as AWS describes it (sns-verify-signature-of-message). */
export function isSignedBy(key: KeyObject, message: SnsMessage): boolean {
  const fields = message.Type === 'Notification' ? NOTIFICATION : CONFIRMATION;
  const verifier = createVerify(message.SignatureVersion === '1' ? 'RSA-SHA1' : 'RSA-SHA256');
  for (const field of fields) {
    const value = message[field];
    if (value !== undefined) verifier.update(`${field}\n${value}\n`, 'utf8');
  }
  return verifier.verify(key, message.Signature, 'base64');
}

/** `arn:partition:sns:region:account:name`. */
const REGION = /^arn:aws[a-z-]*:sns:([a-z0-9-]{3,40}):/;

/** Where SNS is in the region of a topic; a message of any other region is not about it. */
function hostOf(topicArn: string): string | null {
  const region = REGION.exec(topicArn)?.[1];
  if (region === undefined) return null;
  return `sns.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

/** Whether an address is one of SNS itself in the topic's region, or of what stands in for it. */
export function isSnsUrl(url: string, topicArn: string, alsoAt: string | undefined): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, host, origin, username, password } = new URL(url);
  if (alsoAt !== undefined && origin === new URL(alsoAt).origin) return true;
  return protocol === 'https:' && host === hostOf(topicArn) && username === '' && password === '';
}

const CERTIFICATE_PATH = /^\/SimpleNotificationService-[0-9a-zA-Z]{1,64}\.pem$/;

/**
 * Whether an address is that of a signing certificate of SNS, and nothing else there: its API answers with texts that
 * strangers chose, and those may hold a certificate.
 */
export function isSnsCertificate(url: string, topicArn: string, alsoAt: string | undefined): boolean {
  if (!isSnsUrl(url, topicArn, alsoAt)) return false;
  const { pathname, search } = new URL(url);
  return CERTIFICATE_PATH.test(pathname) && search === '';
}

const recipients = z.array(z.object({ emailAddress: z.string().max(320) })).max(100);
/** What SES reports; event publishing calls the first field `eventType`. */
export const sesFeedback = z.object({
  notificationType: z.string().optional(),
  eventType: z.string().optional(),
  bounce: z.object({ bounceType: z.string(), bouncedRecipients: recipients }).optional(),
  complaint: z
    .object({ complainedRecipients: recipients, complaintFeedbackType: z.string().nullish() })
    .optional(),
});

export type FeedbackKind = 'hard_bounce' | 'soft_bounce' | 'complaint';

/** What a report says of which addresses; deliveries and the like say nothing. */
export function readFeedback(text: string): { kind: FeedbackKind; addresses: string[] } | null {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return null;
  }
  const { bounce, complaint } = sesFeedback.safeParse(body).data ?? {};
  if (bounce) {
    const kind = bounce.bounceType === 'Permanent' ? 'hard_bounce' : 'soft_bounce';
    return { kind, addresses: bounce.bouncedRecipients.map(({ emailAddress }) => emailAddress) };
  }
  if (!complaint || complaint.complaintFeedbackType === 'not-spam') return null;
  return {
    kind: 'complaint',
    addresses: complaint.complainedRecipients.map(({ emailAddress }) => emailAddress),
  };
}
