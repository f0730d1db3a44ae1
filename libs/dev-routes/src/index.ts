export { DevRoutesModule } from './dev-routes.module';
