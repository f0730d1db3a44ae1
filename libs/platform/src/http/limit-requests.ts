import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { GlobalLimit } from '../rate-limit/global-limit';

/** Paths are matched as the router matches them, in any case. */
const LIMITED = /^\/api/i;

/** Counts every request below `/api`, whether there is such a route or not. Preflights never come this far. */
export const limitRequests =
  (limit: GlobalLimit): RequestHandler =>
  (request: Request, _response: Response, next: NextFunction) => {
    if (!LIMITED.test(request.path)) {
      next();
      return;
    }
    limit.admit(request).then(() => next(), next);
  };
