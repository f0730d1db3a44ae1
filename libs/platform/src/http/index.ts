export { ContractValidationPipe } from './contract-validation.pipe';
export { EnvelopeFilter } from './envelope.filter';
export { ErrorEnvelope, HTTPValidationError } from './envelope.schema';
export {
  EXAMPLE,
  INT4_MAX,
  queryChoice,
  queryInstantIfGiven,
  queryInt,
  queryIntIfGiven,
  queryText,
  queryUuid,
  readUuid,
  toldInWords,
  wireCurrency,
  wireDiscogsId,
  wireId,
  wireInstant,
  wireInt,
  wireInteger,
  wireMoney,
  wireNumberFromNumeric,
  wireText,
  wireTrimmedText,
  wireUuid,
} from './fields';
export { configureApp } from './configure-app';
export {
  decodeCursor,
  encodeCursor,
  type Keyset,
  keysetTail,
  NEXT_CURSOR_HEADER,
  type Page,
  Paged,
  PageParams,
  type PageRequest,
  toPage,
} from './pagination';
export { onBehalfOf } from './request-id';
export { RequestNote } from './request-note';
export { JsonText } from './json-text';
export { LeanExpressAdapter } from './lean-express-adapter';
export { Refuses, Returns, ReturnsPage, ReturnsWirePage } from './returns.decorator';
export { WireRows } from './wire-rows';
export { toValidationItems } from './validation-items';
export { readInstant } from './read-instant';
