import { Injectable, Logger } from '@nestjs/common';
import { Sessions } from '@waxwatch/auth';
import { ProviderRegistry } from '@waxwatch/integrations';
import { Outbox } from '@waxwatch/notifications';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Database, rowsIn } from '@waxwatch/platform/database';
import { AppError } from '@waxwatch/platform/errors';
import { PollSubscriptions } from '@waxwatch/polling';
import { type SettingsChange, UsersService } from '@waxwatch/users';
import { WatchReleasesService } from '@waxwatch/watch-releases';
import type { UserProfileOut } from './profile.schema';
import { DISABLE_RULES, READ_PROFILE } from './profile.sql';

interface ProfileRow extends Omit<UserProfileOut, 'integrations'> {
  linked: string[];
  rules_by_source: Record<string, number>;
}

/** What users may do with their own account. */
@Injectable()
export class ProfileService {
  private readonly logger = new Logger('profile');

  constructor(
    private readonly db: Database,
    private readonly users: UsersService,
    private readonly sessions: Sessions,
    private readonly providers: ProviderRegistry,
    private readonly polls: PollSubscriptions,
    private readonly watchReleases: WatchReleasesService,
    private readonly outbox: Outbox,
    @InjectConfig() private readonly config: Pick<AppConfig, 'EBAY_MARKETPLACE_ID'>,
  ) {}

  /** @throws AppError 404 */
  async get(userId: string): Promise<UserProfileOut> {
    const [row] = await this.db.rows<ProfileRow>(READ_PROFILE, [userId]);
    const { linked, rules_by_source: ruleCounts, ...profile } = orNotFound(row);
    const integrations = this.providers.enabled().map(({ name }) => ({
      provider: name,
      linked: linked.includes(name),
      watch_rule_count: ruleCounts[name] ?? 0,
    }));
    return { ...profile, integrations };
  }

  /** @throws AppError 404 */
  async change(userId: string, change: SettingsChange): Promise<UserProfileOut> {
    this.logger.log({ event: 'profile.patch.call', user_id: userId });
    const { ebay_marketplace_id: marketplace } = change.user;
    await this.users.changeSettings(userId, change, async (tx) => {
      if (marketplace === undefined) return;
      const isUsual = marketplace === this.config.EBAY_MARKETPLACE_ID;
      await this.polls.moveHome(tx, userId, isUsual ? null : marketplace);
    });
    await this.outbox.lookAgain(userId);
    return await this.get(userId);
  }

  /**
   * Ends every sign-in of the user: all sessions, and, as tokens are stateless, all issued until now.
   * @returns the instant
   * @throws AppError 404
   */
  async logOut(userId: string): Promise<string> {
    this.logger.log({ event: 'profile.logout.call', user_id: userId });
    const instant = orNotFound(await this.users.signOut(userId));
    await this.sessions.endAllOf(userId);
    return instant;
  }

  /**
   * Nothing happens on behalf of an inactive account. Its rules are switched off for good, its watched releases
   * only rest.
   * @returns the instant
   * @throws AppError 404
   */
  async deactivate(userId: string): Promise<string> {
    this.logger.log({ event: 'profile.deactivate.call', user_id: userId });
    const deactivatedAt = await this.db.transaction(async (tx) => {
      const instant = orNotFound(await this.users.setActive(tx, userId, false));
      await rowsIn(tx, DISABLE_RULES, [userId]);
      await this.polls.removeAllOf(tx, userId);
      await this.sessions.endAllIn(tx, userId);
      return instant;
    });
    this.users.forget(userId);
    await this.sessions.announce({ user_id: userId });
    return deactivatedAt;
  }

  /**
   * Brings a deactivated account back. Its rules stay off, because nothing remembers which of them were on.
   * @throws AppError 404
   */
  async reactivate(userId: string): Promise<UserProfileOut> {
    this.logger.log({ event: 'profile.reactivate.call', user_id: userId });
    await this.db.transaction(async (tx) => {
      orNotFound(await this.users.setActive(tx, userId, true));
      await this.watchReleases.resumeAllOf(tx, userId);
    });
    this.users.forget(userId);
    return await this.get(userId);
  }

  /**
   * @returns the instant
   * @throws AppError 404
   */
  async delete(userId: string): Promise<string> {
    this.logger.log({ event: 'profile.hard_delete.call', user_id: userId });
    const instant = orNotFound(await this.users.delete(userId));
    await this.sessions.announce({ user_id: userId }); // their rows are gone with the account
    return instant;
  }
}

function orNotFound<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new AppError('not_found', 'User profile not found');
  return value;
}
