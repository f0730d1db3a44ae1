export { freePort } from '../../libs/platform/src/embedded-postgres/free-port';
