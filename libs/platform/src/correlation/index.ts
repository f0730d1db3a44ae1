export { type Correlation, currentCorrelation, runCorrelated } from './correlation';
export { isSafeRequestId, safeRequestId, safeTraceparent } from './safe-ids';
