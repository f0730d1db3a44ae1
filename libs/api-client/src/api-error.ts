/** An answer that is none: its status, and what the envelope says. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** As the server asks for; null where it does not. */
    readonly retryAfterMs: number | null,
  ) {
    super(message);
    this.name = 'ApiError';
  }

  static async of(response: Response): Promise<ApiError> {
    const text = await response.text().catch(() => '');
    const { message, code } = readEnvelope(text);
    const retryAfter = Number(response.headers.get('retry-after') ?? NaN);
    const retryAfterMs = Number.isFinite(retryAfter) ? retryAfter * 1000 : null;
    return new ApiError(response.status, code ?? 'http_error', message ?? response.statusText, retryAfterMs);
  }
}

/** Proxies answer with whatever they like. */
function readEnvelope(text: string): { message?: string; code?: string } {
  try {
    const parsed = JSON.parse(text) as { error?: { message?: string; code?: string } } | null;
    return parsed?.error ?? {};
  } catch {
    return {};
  }
}
