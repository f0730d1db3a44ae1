import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Controls } from '../control';
import { HttpSimulator, type Reply, type SimulatedRequest } from '../http-simulator';

const REGION = 'us-east-1';
const PATH = '/v2/email/outbound-emails';

const part = z.object({ Data: z.string(), Charset: z.string().optional() });
const sendIn = z.object({
  FromEmailAddress: z.email(),
  Destination: z.object({ ToAddresses: z.array(z.email()).min(1).max(50) }),
  ConfigurationSetName: z.string().optional(),
  EmailTags: z
    .array(z.object({ Name: z.string().regex(/^[\w-]+$/), Value: z.string().regex(/^[\w.@-]+$/) }))
    .default([]),
  Content: z.object({
    Simple: z.object({
      // SES refuses line breaks in headers, the subject among them.
      Subject: part.refine(({ Data }) => !/[\r\n]/.test(Data)),
      Body: z.object({ Text: part.optional(), Html: part.optional() }),
      Headers: z
        .array(
          z.object({
            Name: z.string().regex(/^[!-9;-~]{1,126}$/),
            Value: z
              .string()
              .max(870)
              .regex(/^[ -~]*$/),
          }),
        )
        .max(15)
        .default([]),
    }),
  }),
});

export interface SimulatedMail {
  id: string;
  from: string;
  to: string[];
  subject: string;
  text: string;
  html: string;
  headers: Record<string, string>;
  configurationSet: string | undefined;
  tags: Record<string, string>;
}

/**
 * Amazon SES v2 as far as `SendEmail`. Signatures have to be there in the form of SigV4, but are not computed again.
 * `fail` makes the next answers errors as AWS words them: the name in a header, the reason in the body.
 */
export class SesSimulator extends HttpSimulator {
  readonly mails: SimulatedMail[] = [];
  readonly configurationSets = new Set(['waxwatch']);

  /** The next `times` sends are refused with this error. */
  fail(name: string, status: number, message = name, times = 1): void {
    this.inject({ kind: 'status', status, times, headers: { 'x-amzn-errortype': name }, body: { message } });
  }

  protected override answer(request: SimulatedRequest): Reply {
    const refusal = refuseUnsigned(request);
    if (refusal) return refusal;
    if (request.method !== 'POST' || request.path !== PATH) return error(404, 'UnknownOperationException');
    const parsed = sendIn.safeParse(JSON.parse(request.body));
    if (!parsed.success) return error(400, 'BadRequestException', z.prettifyError(parsed.error));
    const { FromEmailAddress, Destination, ConfigurationSetName, EmailTags, Content } = parsed.data;
    if (ConfigurationSetName !== undefined && !this.configurationSets.has(ConfigurationSetName)) {
      return error(404, 'NotFoundException', `Configuration set <${ConfigurationSetName}> does not exist.`);
    }
    const { Subject, Body, Headers } = Content.Simple;
    const id = randomUUID();
    this.mails.push({
      id,
      from: FromEmailAddress,
      to: Destination.ToAddresses,
      subject: Subject.Data,
      text: Body.Text?.Data ?? '',
      html: Body.Html?.Data ?? '',
      headers: Object.fromEntries(Headers.map(({ Name, Value }) => [Name, Value])),
      configurationSet: ConfigurationSetName,
      tags: Object.fromEntries(EmailTags.map(({ Name, Value }) => [Name, Value])),
    });
    return { status: 200, body: { MessageId: id } };
  }

  protected override decorate(reply: Reply): Reply {
    return { ...reply, headers: { 'x-amzn-requestid': randomUUID(), ...reply.headers } };
  }

  protected override spoil(_kind: string, reply: Reply): Reply {
    return reply;
  }

  protected override clearData(): void {
    this.mails.length = 0;
  }

  protected override controls(): Controls {
    return { 'GET mails': () => this.mails };
  }
}

function refuseUnsigned({ headers }: SimulatedRequest): Reply | null {
  const { authorization = '', 'x-amz-date': date } = headers;
  const scope = new RegExp(`^AWS4-HMAC-SHA256 Credential=[^/]+/\\d{8}/${REGION}/ses/aws4_request, `);
  const isSigned = scope.test(authorization) && /Signature=[0-9a-f]{64}$/.test(authorization);
  return isSigned && date !== undefined ? null : error(403, 'IncompleteSignatureException');
}

const error = (status: number, name: string, message = name): Reply => ({
  status,
  headers: { 'x-amzn-errortype': name },
  body: { message },
});
