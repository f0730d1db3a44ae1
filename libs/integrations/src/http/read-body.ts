import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** The answer cannot be read: too large, or in an encoding that we did not ask for. */
export class UnreadableBodyError extends Error {
  override readonly name = 'UnreadableBodyError';
}

/**
 * Reads a body to its end, decoded, and gives up as soon as it exceeds `maxBytes` after decoding: a small compressed
 * answer must not become a large one in memory.
 */
export async function readBody(
  body: Readable,
  encoding: string | undefined,
  maxBytes: number,
): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  const collect = async (source: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of source) {
      size += chunk.length;
      if (size > maxBytes) throw new UnreadableBodyError('answer too large');
      chunks.push(chunk);
    }
  };
  try {
    const decoder = decoderFor(encoding);
    await (decoder ? pipeline(body, decoder, collect) : pipeline(body, collect));
  } catch (error) {
    body.destroy();
    // A pipeline that is torn down reports whichever of its streams complains first.
    throw size > maxBytes ? new UnreadableBodyError('answer too large') : error;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function decoderFor(encoding: string | undefined) {
  switch (encoding?.trim().toLowerCase() ?? '') {
    case '':
    case 'identity':
      return null;
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      throw new UnreadableBodyError('unknown content encoding');
  }
}
