import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';

const STATUS_LINES: Readonly<Record<string, [status: number, message: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'Payload Too Large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
};
const BAD_REQUEST: [status: number, message: string] = [400, 'Bad Request'];

/**
 * Answers in the form of every other error to what does not even become a request: no HTTP, too many headers, or
 * too slow. Node's own answer has no body, and no request has come into being that could carry an id.
 */
export function answerMalformedRequests(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const [status, message] = STATUS_LINES[error.code ?? ''] ?? BAD_REQUEST;
    const body = JSON.stringify({ error: { message, code: 'http_error', status } });
    const head = [
      `HTTP/1.1 ${status} ${message}`,
      'Connection: close',
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
    ];
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  });
}
