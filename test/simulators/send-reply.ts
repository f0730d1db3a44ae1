import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from './faults';
import type { Reply, SimulatedRequest } from './http-simulator';

const COMPRESS_FROM_BYTES = 1_024;

/** Writes an answer, whole or damaged as the fault says. */
export async function sendReply(
  response: ServerResponse,
  request: SimulatedRequest,
  reply: Reply,
  fault: Fault | null,
): Promise<void> {
  const text = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
  const contentType = reply.contentType ?? 'application/json';
  const headers = { 'content-type': contentType, ...reply.headers };
  switch (fault?.kind) {
    case 'latency':
      await sleep(fault.ms);
      break;
    case 'cut':
      response.writeHead(reply.status, headers);
      response.write(text.slice(0, text.length / 2), () => response.socket?.destroy());
      return;
    case 'truncated':
      response.writeHead(reply.status, headers).end(text.slice(0, text.length / 2));
      return;
    case 'drip':
      await drip(response.writeHead(reply.status, headers), text, fault.everyMs);
      return;
    case 'oversize':
      sendOversize(response, headers, fault.bytes, fault.isCompressed);
      return;
    default:
  }
  const isCompressible =
    text.length >= COMPRESS_FROM_BYTES && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  if (isCompressible)
    response.writeHead(reply.status, { ...headers, 'content-encoding': 'gzip' }).end(gzipSync(text));
  else response.writeHead(reply.status, headers).end(text);
}

async function drip(response: ServerResponse, text: string, everyMs: number): Promise<void> {
  for (const byte of Buffer.from(text)) {
    if (response.destroyed) return;
    response.write(Buffer.from([byte]));
    await sleep(everyMs);
  }
  response.end();
}

function sendOversize(
  response: ServerResponse,
  headers: Record<string, string>,
  bytes: number,
  isCompressed: boolean,
): void {
  const body = Buffer.from(`{"padding":"${'a'.repeat(bytes)}"}`);
  if (isCompressed) response.writeHead(200, { ...headers, 'content-encoding': 'gzip' }).end(gzipSync(body));
  else response.writeHead(200, headers).end(body);
}
