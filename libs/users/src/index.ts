export { DeletedUser } from './deleted-user.entity';
export { NotificationPreferences } from './notification-preferences.entity';
export { User } from './user.entity';
export { UsersModule } from './users.module';
export {
  type Account,
  type NewUser,
  placeholderEmail,
  type SettingsChange,
  UsersService,
} from './users.service';
