import { createCipheriv, createDecipheriv, createHash, randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Controls } from '../control';
import { HttpSimulator, type Reply, type SimulatedRequest } from '../http-simulator';

const REGION = 'eu-central-1';
const ACCOUNT = '111122223333';

export interface SimulatedKey {
  id: string;
  arn: string;
  isEnabled: boolean;
  secret: Buffer;
}

const context = z.record(z.string(), z.string()).default({});
const generateIn = z.object({
  KeyId: z.string(),
  KeySpec: z.enum(['AES_256', 'AES_128']).optional(),
  NumberOfBytes: z.number().int().min(1).max(1024).optional(),
  EncryptionContext: context,
});
const decryptIn = z.object({
  CiphertextBlob: z.string(),
  KeyId: z.string().optional(),
  EncryptionContext: context,
});

/**
 * AWS KMS as far as envelope encryption needs it: GenerateDataKey and Decrypt. A blob opens with its own key and its
 * own encryption context only. Signatures have to be there in the form of SigV4, but are not computed again.
 */
export class KmsSimulator extends HttpSimulator {
  readonly keys = new Map<string, SimulatedKey>();
  /** Calls within any second; more are throttled. */
  requestsPerSecond = Number.POSITIVE_INFINITY;
  private readonly calls: number[] = [];

  addKey(): SimulatedKey {
    const id = randomUUID();
    const arn = `arn:aws:kms:${REGION}:${ACCOUNT}:key/${id}`;
    const key = { id, arn, isEnabled: true, secret: randomBytes(32) };
    this.keys.set(id, key);
    return key;
  }

  protected override answer(request: SimulatedRequest): Reply {
    const refusal = refuseUnsigned(request);
    if (refusal) return refusal;
    if (this.isThrottled()) return fail(400, 'ThrottlingException', 'Rate exceeded');
    const [service, operation] = (request.headers['x-amz-target'] ?? '').split('.');
    if (service !== 'TrentService') return fail(404, 'UnknownOperationException');
    if (operation === 'GenerateDataKey') return this.generate(JSON.parse(request.body));
    if (operation === 'Decrypt') return this.decrypt(JSON.parse(request.body));
    return fail(404, 'UnknownOperationException');
  }

  protected override decorate(reply: Reply): Reply {
    return {
      contentType: 'application/x-amz-json-1.1',
      ...reply,
      headers: { 'x-amzn-requestid': randomUUID(), ...reply.headers },
    };
  }

  protected override spoil(_kind: string, reply: Reply): Reply {
    return reply;
  }

  protected override clearData(): void {
    this.keys.clear();
    this.calls.length = 0;
    this.requestsPerSecond = Number.POSITIVE_INFINITY;
  }

  protected override controls(): Controls {
    const change = z.object({ id: z.string(), isEnabled: z.boolean() });
    const limit = z.object({ requestsPerSecond: z.number().positive() });
    return {
      'POST keys': () => ({ id: this.addKey().id }),
      'POST keys/change': (body) => {
        const { id, isEnabled } = change.parse(body);
        const key = this.find(id);
        if (key) key.isEnabled = isEnabled;
      },
      'POST limits': (body) => {
        this.requestsPerSecond = limit.parse(body).requestsPerSecond;
      },
    };
  }

  private generate(body: unknown): Reply {
    const parsed = generateIn.safeParse(body);
    if (!parsed.success) return fail(400, 'ValidationException', z.prettifyError(parsed.error));
    const { KeyId, KeySpec, NumberOfBytes, EncryptionContext } = parsed.data;
    if ((KeySpec === undefined) === (NumberOfBytes === undefined)) {
      return fail(400, 'ValidationException', 'Please specify either number of bytes or key spec.');
    }
    const key = this.find(KeyId);
    if (!key) return fail(404, 'NotFoundException', `Key '${KeyId}' does not exist`);
    if (!key.isEnabled) return fail(409, 'DisabledException', `${key.arn} is disabled.`);
    const plain = randomBytes(NumberOfBytes ?? (KeySpec === 'AES_128' ? 16 : 32));
    return {
      status: 200,
      body: {
        CiphertextBlob: wrap(key, plain, EncryptionContext).toString('base64'),
        Plaintext: plain.toString('base64'),
        KeyId: key.arn,
      },
    };
  }

  private decrypt(body: unknown): Reply {
    const parsed = decryptIn.safeParse(body);
    if (!parsed.success) return fail(400, 'ValidationException', z.prettifyError(parsed.error));
    const { CiphertextBlob, KeyId, EncryptionContext } = parsed.data;
    const blob = Buffer.from(CiphertextBlob, 'base64');
    const key = this.find(blob.subarray(0, 36).toString('latin1'));
    if (!key) return fail(400, 'InvalidCiphertextException');
    if (KeyId !== undefined && this.find(KeyId) !== key) {
      return this.find(KeyId) ? fail(400, 'IncorrectKeyException') : fail(404, 'NotFoundException');
    }
    if (!key.isEnabled) return fail(409, 'DisabledException', `${key.arn} is disabled.`);
    const plain = unwrap(key, blob, EncryptionContext);
    if (!plain) return fail(400, 'InvalidCiphertextException');
    const body200 = {
      Plaintext: plain.toString('base64'),
      KeyId: key.arn,
      EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    };
    return { status: 200, body: body200 };
  }

  private find(keyId: string): SimulatedKey | undefined {
    return this.keys.get(keyId.split('key/').at(-1) ?? '');
  }

  private isThrottled(): boolean {
    const now = this.clock.nowMs();
    while ((this.calls[0] ?? now) < now - 1000) this.calls.shift();
    this.calls.push(now);
    return this.calls.length > this.requestsPerSecond;
  }
}

function refuseUnsigned(request: SimulatedRequest): Reply | null {
  const { authorization = '', 'x-amz-date': date, 'content-type': type } = request.headers;
  const scope = new RegExp(`^AWS4-HMAC-SHA256 Credential=[^/]+/\\d{8}/${REGION}/kms/aws4_request, `);
  const isSigned = scope.test(authorization) && /Signature=[0-9a-f]{64}$/.test(authorization);
  if (!isSigned || date === undefined) return fail(400, 'IncompleteSignatureException');
  const isJson = request.method === 'POST' && type === 'application/x-amz-json-1.1';
  return isJson ? null : fail(400, 'SerializationException');
}

/** AWS names an error in the body; the status alone says less. */
function fail(status: number, type: string, message?: string): Reply {
  return { status, body: message === undefined ? { __type: type } : { __type: type, message } };
}

/** The context in any order is the same context. */
function aadOf(pairs: Record<string, string>): Buffer {
  const sorted = Object.entries(pairs).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest();
}

function wrap(key: SimulatedKey, plain: Buffer, pairs: Record<string, string>): Buffer {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key.secret, iv).setAAD(aadOf(pairs));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Buffer.from(key.id, 'latin1'), iv, cipher.getAuthTag(), sealed]);
}

function unwrap(key: SimulatedKey, blob: Buffer, pairs: Record<string, string>): Buffer | null {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key.secret, blob.subarray(36, 48));
    decipher.setAAD(aadOf(pairs)).setAuthTag(blob.subarray(48, 64));
    return Buffer.concat([decipher.update(blob.subarray(64)), decipher.final()]);
  } catch {
    return null;
  }
}
