export {
  AdminOnly,
  AllowsInactive,
  CurrentPrincipal,
  CurrentUserId,
  type Principal,
  principalOf,
  Public,
  setPrincipal,
} from './principal';
