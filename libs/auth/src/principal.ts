import { applyDecorators, createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import { RequestNote } from '@waxwatch/platform/http';

/** Who is calling, after verification. */
export interface Principal {
  userId: string;
  isAdmin: boolean;
  /** Unix seconds after which the credential no longer counts; streams end by then. */
  expiresAt: number;
  /** The session behind the credential, if there is one; streams end with it. */
  sessionId?: string | undefined;
}

const principals = new RequestNote<Principal>('principal');

export const setPrincipal = (request: object, principal: Principal): void => {
  principals.set(request, principal);
};

/** The verified caller of a request, or undefined on a public route. */
export const principalOf = (request: object): Principal | undefined => principals.get(request);

function requirePrincipal(context: ExecutionContext): Principal {
  const principal = principalOf(context.switchToHttp().getRequest<object>());
  if (!principal) throw new Error('a handler asked for the caller of a public route');
  return principal;
}

/** Parameter decorator: the id of the signed-in user. */
export const CurrentUserId = createParamDecorator(
  (_data: unknown, context: ExecutionContext) => requirePrincipal(context).userId,
);

/** Parameter decorator: the whole principal. */
export const CurrentPrincipal = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  requirePrincipal(context),
);

export const IS_PUBLIC = 'waxwatch:public';
/** Marks the operation of a public route in the OpenAPI document while that is made. */
export const OPEN_TO_ALL = 'x-open-to-all';
/** The route needs no login. Every route without this mark does. */
export const Public = (): MethodDecorator & ClassDecorator =>
  applyDecorators(SetMetadata(IS_PUBLIC, true), ApiExtension(OPEN_TO_ALL, true));

export const ALLOWS_INACTIVE = 'waxwatch:allows-inactive';
/** The route also serves deactivated accounts. */
export const AllowsInactive = (): MethodDecorator => SetMetadata(ALLOWS_INACTIVE, true);

export const IS_ADMIN_ONLY = 'waxwatch:admin';
export const AdminOnly = (): MethodDecorator & ClassDecorator => SetMetadata(IS_ADMIN_ONLY, true);
