import { Injectable } from '@nestjs/common';
import { EventsService } from '@waxwatch/events';
import { DiscogsAccounts, isProviderError } from '@waxwatch/integrations';
import { IdSource } from '@waxwatch/platform/clock';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Database, rowsIn } from '@waxwatch/platform/database';
import { AppError } from '@waxwatch/platform/errors';
import type { EntityManager } from 'typeorm';
import {
  DELETE_LINK,
  FIND_LINK,
  LINK_BY_NAME,
  LINK_WITH_TOKEN,
  type LinkRow,
  LOCK_LINK,
} from './account-links.sql';
import { answerFor, interactiveCall } from './discogs-calls';
import { CANCEL_IMPORTS } from './imports.sql';
import { LinkCredentials, type StoredCredential, type UserCredential } from './link-credentials';

/** What goes into an HTTP header as it is. */
const HEADER_TEXT = /^[\x21-\x7e]+$/;

export interface ConnectRequest {
  username: string;
  /** A personal access token; null leaves what there is. */
  token: string | null;
  scopes: string[] | null;
}

/** The one account at Discogs that a user has linked. */
@Injectable()
export class AccountLinks {
  constructor(
    private readonly db: Database,
    private readonly ids: IdSource,
    private readonly discogs: DiscogsAccounts,
    private readonly credentials: LinkCredentials,
    private readonly events: EventsService,
    @InjectConfig() private readonly config: AppConfig,
  ) {}

  async find(userId: string): Promise<LinkRow | null> {
    const [link] = await this.db.rows<LinkRow>(FIND_LINK, [userId]);
    return link ?? null;
  }

  /**
   * Links an account by a personal token, whose owner Discogs names, or by its name alone, which reaches public lists
   * only. A name without a token leaves a good credential of the same account in place.
   * @throws AppError 400 for a token that Discogs refuses or that is somebody else's, 502, 503
   */
  async connect(userId: string, { username, token, scopes }: ConnectRequest): Promise<LinkRow> {
    if (token === null) return await this.linkByName(userId, username);
    const credential: UserCredential = { kind: 'personal', token };
    const owner = await this.ownerOf(userId, credential);
    if (owner.toLowerCase() !== username.toLowerCase()) {
      throw new AppError('bad_request', 'Discogs access token belongs to another account');
    }
    return await this.linkWith(userId, owner, credential, scopes);
  }

  /** Links the account that a credential belongs to, in place of any other. @throws AppError 503 without a key */
  async linkWith(
    userId: string,
    username: string,
    credential: UserCredential,
    scopes: string[] | null,
  ): Promise<LinkRow> {
    const stored: StoredCredential = await this.credentials.seal(userId, credential);
    return await this.change(userId, username, async (tx) => {
      const { accessToken, accessTokenSecret, tokenType } = stored;
      return await rowsIn<LinkRow>(tx, LINK_WITH_TOKEN, [
        this.ids.next(),
        userId,
        username,
        accessToken,
        accessTokenSecret,
        tokenType,
        scopes === null ? null : JSON.stringify(scopes),
      ]);
    });
  }

  /** Forgets the link and its credential, which need not be readable. Imports under way end; their history stays. */
  async disconnect(userId: string): Promise<boolean> {
    const isGone = await this.db.transaction(async (tx) => {
      const [link] = await rowsIn<LinkRow>(tx, LOCK_LINK, [userId]);
      if (!link) return false;
      await this.cancelImports(tx, userId, 'Discogs account was disconnected');
      await rowsIn(tx, DELETE_LINK, [userId]);
      return true;
    });
    if (isGone) await this.events.ring();
    return isGone;
  }

  private async linkByName(userId: string, username: string): Promise<LinkRow> {
    return await this.change(userId, username, async (tx, before) => {
      const isKept =
        before !== null && isSameAccount(before, username) && before.reconnect_required_at === null;
      return await rowsIn<LinkRow>(tx, LINK_BY_NAME, [this.ids.next(), userId, username, isKept]);
    });
  }

  private async change(
    userId: string,
    username: string,
    write: (tx: EntityManager, before: LinkRow | null) => Promise<LinkRow[]>,
  ): Promise<LinkRow> {
    const after = await this.db.transaction(async (tx) => {
      const [before = null] = await rowsIn<LinkRow>(tx, LOCK_LINK, [userId]);
      const [link] = await write(tx, before);
      if (!link) throw new Error('an upsert gives a row');
      if (before && !isSameAccount(before, username)) {
        await this.cancelImports(tx, userId, 'Discogs account was replaced by another');
      }
      return link;
    });
    await this.events.ring();
    return after;
  }

  private async cancelImports(tx: EntityManager, userId: string, error: string): Promise<void> {
    const jobs = await rowsIn<{ id: string; import_scope: string }>(tx, CANCEL_IMPORTS, [
      userId,
      JSON.stringify([{ error }]),
    ]);
    await this.events.record(
      tx,
      jobs.map((job) => ({
        userId,
        type: 'IMPORT_FAILED' as const,
        payload: { job_id: job.id, source: job.import_scope, error, reason: 'cancelled' },
      })),
    );
  }

  private async ownerOf(userId: string, credential: UserCredential): Promise<string> {
    if (this.config.DISCOGS_USER_AGENT === undefined) {
      throw new AppError('unavailable', 'Discogs is not configured: DISCOGS_USER_AGENT is missing');
    }
    if (!HEADER_TEXT.test(credential.token)) throw refusedToken();
    const owner = await this.discogs
      .identity(credential, interactiveCall(userId))
      .catch((error: unknown): never => {
        if (isProviderError(error) && error.kind === 'credential') throw refusedToken(error);
        throw answerFor(error, 'bad_gateway', 'Discogs identity lookup failed');
      });
    if (owner === null) throw new AppError('bad_gateway', 'Discogs identity missing username');
    return owner;
  }
}

const isSameAccount = (link: LinkRow, username: string): boolean =>
  link.external_user_id.toLowerCase() === username.toLowerCase();

const refusedToken = (cause?: unknown): AppError =>
  new AppError('bad_request', 'Discogs refused the access token', { cause });
