import { Injectable } from '@nestjs/common';
import { Clock, IdSource } from '@waxwatch/platform/clock';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Database, rowsIn } from '@waxwatch/platform/database';
import { PubSub } from '@waxwatch/platform/pubsub';
import type { EntityManager } from 'typeorm';
import { formatSessionsEnd, SESSIONS_END_CHANNEL, type SessionsEnd } from './sessions-end';
import {
  END_SESSION,
  END_SESSIONS_OF_USER,
  LEASE_REFRESH,
  LIVE_SESSIONS,
  OPEN_SESSION,
  PUT_REFRESH_OFF,
  READ_SESSION,
  STORE_REFRESHED,
  TOUCH_SESSION,
} from './session.sql';

export interface NewSession {
  userId: string;
  isAdmin: boolean;
  /** For sessions that an identity provider stands behind. */
  refresh: Refresh | null;
}

/** What it takes to ask the identity provider again. */
export interface Refresh {
  /** Encrypted. */
  token: string;
  dueAt: Date;
}

export interface OpenedSession {
  id: string;
  /** The end in any case. */
  expiresAt: Date;
}

/** A session that stands, with the account it belongs to. */
export interface LiveSession {
  id: string;
  userId: string;
  isAdmin: boolean;
  isActive: boolean;
  /** Unix seconds. */
  createdAt: number;
  /** Unix seconds; credentials issued earlier do not count. */
  tokensValidFrom: number | null;
  /** Unix milliseconds: the end by idleness or age, whichever is first. */
  endsMs: number;
  isRefreshDue: boolean;
}

interface SessionRow {
  user_id: string;
  is_admin: boolean;
  is_active: boolean;
  created_at_seconds: number;
  tokens_valid_from: number | null;
  last_seen_ms: number;
  ends_ms: number;
  refresh_due_ms: number | null;
}

const TOUCH_MS = 60_000;

/** The sessions behind the cookies: the only writer of their table. */
@Injectable()
export class Sessions {
  private readonly idleMs: number;
  private readonly maxAgeMs: number;

  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly ids: IdSource,
    private readonly pubsub: PubSub,
    @InjectConfig() config: Pick<AppConfig, 'SESSION_IDLE_SECONDS' | 'SESSION_MAX_AGE_SECONDS'>,
  ) {
    this.idleMs = config.SESSION_IDLE_SECONDS * 1000;
    this.maxAgeMs = config.SESSION_MAX_AGE_SECONDS * 1000;
  }

  /** A session under a new id; null when the user is gone. */
  async open({ userId, isAdmin, refresh }: NewSession): Promise<OpenedSession | null> {
    const now = this.clock.now();
    const expiresAt = later(now, this.maxAgeMs);
    const [opened] = await this.db.rows<{ id: string }>(OPEN_SESSION, [
      this.ids.next(),
      userId,
      isAdmin,
      now,
      later(now, this.idleMs),
      expiresAt,
      refresh?.token ?? null,
      refresh?.dueAt ?? null,
    ]);
    return opened ? { id: opened.id, expiresAt } : null;
  }

  /** The session if it stands; being asked for keeps it from idling out. */
  async find(id: string): Promise<LiveSession | null> {
    const [row] = await this.db.rows<SessionRow>(READ_SESSION, [id]);
    const now = this.clock.now();
    const nowMs = now.getTime();
    if (!row || row.ends_ms <= nowMs) return null;
    // One write a minute is enough to tell an idle session from one that is used.
    if (nowMs - row.last_seen_ms >= Math.min(TOUCH_MS, this.idleMs / 10)) {
      await this.db.rows(TOUCH_SESSION, [id, now, later(now, this.idleMs)]);
    }
    return {
      id,
      userId: row.user_id,
      isAdmin: row.is_admin,
      isActive: row.is_active,
      createdAt: row.created_at_seconds,
      tokensValidFrom: row.tokens_valid_from,
      endsMs: row.ends_ms,
      isRefreshDue: row.refresh_due_ms !== null && row.refresh_due_ms <= nowMs,
    };
  }

  /** Those of the given sessions that stand. */
  async liveAmong(ids: readonly string[]): Promise<ReadonlySet<string>> {
    if (ids.length === 0) return new Set();
    const rows = await this.db.rows<{ id: string }>(LIVE_SESSIONS, [ids, this.clock.now()]);
    return new Set(rows.map((row) => row.id));
  }

  async end(id: string): Promise<void> {
    await this.db.rows(END_SESSION, [id]);
    await this.announce({ session_id: id });
  }

  async endAllOf(userId: string): Promise<void> {
    await this.db.rows(END_SESSIONS_OF_USER, [userId]);
    await this.announce({ user_id: userId });
  }

  /** Within the caller's transaction; `announce` follows the commit. */
  async endAllIn(tx: EntityManager, userId: string): Promise<void> {
    await rowsIn(tx, END_SESSIONS_OF_USER, [userId]);
  }

  /** Tells every process, so that what is open on behalf of these sessions is closed at once. */
  async announce(end: SessionsEnd): Promise<void> {
    await this.pubsub.publish(SESSIONS_END_CHANNEL, formatSessionsEnd(end));
  }

  /** The encrypted refresh token for the one caller who may use it now; null for all others. */
  async leaseRefresh(id: string, leaseMs: number): Promise<string | null> {
    const now = this.clock.now();
    const [row] = await this.db.rows<{ refresh_token: string | null }>(LEASE_REFRESH, [
      id,
      now,
      later(now, leaseMs),
    ]);
    return row?.refresh_token ?? null;
  }

  async storeRefreshed(id: string, refresh: Refresh, isAdmin: boolean): Promise<void> {
    await this.db.rows(STORE_REFRESHED, [id, refresh.token, refresh.dueAt, isAdmin]);
  }

  async putRefreshOff(id: string, ms: number): Promise<void> {
    await this.db.rows(PUT_REFRESH_OFF, [id, later(this.clock.now(), ms)]);
  }
}

const later = (instant: Date, ms: number): Date => new Date(instant.getTime() + ms);
