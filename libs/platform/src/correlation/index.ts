export { type Correlation, currentCorrelation, openCorrelation, runCorrelated } from './correlation';
export { isSafeRequestId, safeRequestId, safeTraceparent } from './safe-ids';
