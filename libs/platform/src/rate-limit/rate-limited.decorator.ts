import { applyDecorators, SetMetadata, UseGuards } from '@nestjs/common';
import type { RateLimitScope } from '../config/rate-limits';
import { SCOPES, SCOPES_AFTER_SIGN_IN, SignedInRateLimitGuard } from './rate-limit.guard';

/**
 * Requests count in these scopes, those without a login as well. Marks of a controller and of its handler add up.
 */
export const RateLimited = (...scopes: RateLimitScope[]): MethodDecorator & ClassDecorator =>
  SetMetadata(SCOPES, scopes);

/** Requests count in these scopes once their caller has been let in. */
export const RateLimitedAfterSignIn = (...scopes: RateLimitScope[]): MethodDecorator & ClassDecorator =>
  applyDecorators(SetMetadata(SCOPES_AFTER_SIGN_IN, scopes), UseGuards(SignedInRateLimitGuard));
