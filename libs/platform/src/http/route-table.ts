import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { AppError } from '../errors/app-error';

interface RouteLayer {
  route?: { path: string | string[]; methods?: Record<string, boolean> };
  /** Truthy when the layer's pattern matches; what exactly it returns differs between versions. */
  match?: (path: string) => unknown;
}

interface ExpressApp {
  router?: { stack: RouteLayer[] };
}

/** Which methods a path answers, read from the router itself so that it cannot disagree with it. */
export class RouteTable {
  private layers: RouteLayer[] | undefined;
  private readonly fixed = new Map<string, string[]>();

  constructor(private readonly app: ExpressApp) {}

  /** Upper-case methods of every route that matches `path`; empty when there is no such path. */
  methodsOf(path: string): string[] {
    const known = this.fixed.get(path);
    if (known) return known;
    const methods = this.matching(path);
    // Only paths that are spelled out in the router are remembered, so callers cannot make this grow.
    if (this.isSpelledOut(path)) this.fixed.set(path, methods);
    return methods;
  }

  private isSpelledOut(path: string): boolean {
    return (this.layers ?? []).some((layer) => layer.route?.path === path);
  }

  private matching(path: string): string[] {
    this.layers ??= (this.app.router?.stack ?? []).filter((layer) => layer.route !== undefined);
    const methods = new Set<string>();
    for (const layer of this.layers) {
      if (!layer.match?.(path)) continue;
      for (const method of Object.keys(layer.route?.methods ?? {})) methods.add(method.toUpperCase());
    }
    return [...methods].sort();
  }
}

const BELOW_API = /^\/api\//i;

/**
 * Answers what the router leaves unsaid, or says only after the body has been read: 404 for what is not there under
 * `/api` (elsewhere there are pages that the router has no route for), 307 to the path without its trailing slash, and 405 with `Allow` for a
 * known path with another method (`HEAD` counts as another method under `/api`).
 */
export function checkRoute(table: RouteTable): RequestHandler {
  return (request: Request, response: Response, next: NextFunction) => {
    const { path, method } = request;
    if (path.length > 1 && path.endsWith('/') && path.startsWith('/api/')) {
      const bare = path.replace(/\/+$/, '');
      if (table.methodsOf(bare).length > 0) {
        const query = request.originalUrl.slice(path.length);
        response.setHeader(
          'Location',
          `${request.protocol}://${request.get('host') ?? 'localhost'}${bare}${query}`,
        );
        response.status(307).end();
        return;
      }
    }
    const allowed = table.methodsOf(path);
    if (allowed.length === 0 && BELOW_API.test(path)) {
      next(new AppError('not_found', 'Not Found'));
      return;
    }
    const isHeadOfGet = method === 'HEAD' && !path.startsWith('/api/') && allowed.includes('GET');
    if (allowed.length === 0 || allowed.includes(method) || allowed.includes('_ALL') || isHeadOfGet) {
      next();
      return;
    }
    response.setHeader('Allow', allowed.join(', '));
    next(new AppError('method_not_allowed', 'Method Not Allowed'));
  };
}
