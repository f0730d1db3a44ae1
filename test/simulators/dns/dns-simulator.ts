import { createSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';

const TYPES: Readonly<Record<number, 'A' | 'AAAA'>> = { 1: 'A', 28: 'AAAA' };
const HEADER_BYTES = 12;
const NAME_ERROR = 3;
const SERVER_FAILURE = 2;

interface Question {
  name: string;
  type: 'A' | 'AAAA' | 'other';
  /** The question as it was sent, which an answer repeats. */
  bytes: Buffer;
}

/** A name server over UDP (RFC 1035): answers what it was told, or keeps silent. */
export class DnsSimulator {
  /** The names it was asked for, as `A hooks.example`. */
  readonly asked: string[] = [];
  private readonly socket = createSocket('udp4');
  private readonly records = new Map<string, readonly string[]>();
  private readonly failing = new Set<string>();
  private readonly silent = new Set<string>();

  async start(): Promise<void> {
    this.socket.on('message', (message, from) => {
      this.answer(message, from);
    });
    this.socket.bind(0, '127.0.0.1');
    await once(this.socket, 'listening');
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.socket.close(resolve));
  }

  /** As resolvers are told of it. */
  get address(): string {
    return `127.0.0.1:${this.socket.address().port}`;
  }

  reset(): void {
    this.asked.length = 0;
    for (const state of [this.records, this.failing, this.silent]) state.clear();
  }

  /** The addresses of a name, of both kinds. */
  give(name: string, addresses: readonly string[]): void {
    this.records.set(name, addresses);
  }

  /** Answers questions like `AAAA hooks.example` with SERVFAIL. */
  fail(question: string): void {
    this.failing.add(question);
  }

  /** Never answers a name. */
  silence(name: string): void {
    this.silent.add(name);
  }

  private answer(message: Buffer, from: RemoteInfo): void {
    const question = questionOf(message);
    this.asked.push(`${question.type} ${question.name}`);
    if (!this.silent.has(question.name))
      this.socket.send(this.reply(message.subarray(0, 2), question), from.port, from.address);
  }

  private reply(id: Buffer, { name, type, bytes }: Question): Buffer {
    const known = this.records.get(name);
    const addresses = (known ?? []).filter((address) => isIPv6(address) === (type === 'AAAA'));
    const code = this.failing.has(`${type} ${name}`) ? SERVER_FAILURE : known ? 0 : NAME_ERROR;
    const answers = code === 0 ? addresses : [];
    const header = Buffer.alloc(HEADER_BYTES);
    id.copy(header);
    // An answer, with recursion desired and available.
    header.writeUInt16BE(0x8180 | code, 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(answers.length, 6);
    return Buffer.concat([header, bytes, ...answers.map(recordOf)]);
  }
}

function questionOf(message: Buffer): Question {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = message.readUInt8(at); length > 0; length = message.readUInt8(at)) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const type = TYPES[message.readUInt16BE(at + 1)] ?? 'other';
  return { name: labels.join('.').toLowerCase(), type, bytes: message.subarray(HEADER_BYTES, at + 5) };
}

/** Refers to the name of the question, and is good for a minute. */
function recordOf(address: string): Buffer {
  const data = isIPv6(address) ? bytesOfV6(address) : Buffer.from(address.split('.').map(Number));
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc000 | HEADER_BYTES, 0);
  head.writeUInt16BE(data.length === 4 ? 1 : 28, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(60, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function bytesOfV6(address: string): Buffer {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const pair = (high: string | undefined, low: string | undefined): string =>
    (Number(high) * 256 + Number(low)).toString(16);
  const plain = dotted ? `${dotted[1]}${pair(dotted[2], dotted[3])}:${pair(dotted[4], dotted[5])}` : address;
  const [left = [], right = []] = plain
    .split('::')
    .map((side) => (side === '' ? [] : side.split(':').map((group) => parseInt(group, 16))));
  const groups = [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
  const bytes = Buffer.alloc(16);
  for (const [index, group] of groups.entries()) bytes.writeUInt16BE(group, index * 2);
  return bytes;
}
