export { ProfileApiModule } from './profile-api.module';
