import { EBAY_MARKETPLACES } from '@waxwatch/integrations';
import { EVENT_TYPES } from '@waxwatch/notifications';
import { EXAMPLE, wireCurrency, wireId, wireInstant, wireInt, wireText } from '@waxwatch/platform/http';
import type { SettingsChange } from '@waxwatch/users';
import { z } from 'zod';

const FREQUENCIES = ['instant', 'hourly', 'daily'] as const;

/** Names only: an offset such as `+02:00` knows no summer time. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const timeZone = () => wireText(0, 64).pipe(z.string().refine(isTimeZone, 'must be an IANA time zone name'));
const marketplace = () =>
  wireText(1, 20)
    .transform((name) => name.trim().toUpperCase())
    .refine((name) => EBAY_MARKETPLACES.has(name), 'must be a marketplace of eBay such as EBAY_GB')
    .describe('Where eBay is asked for rules and searches that name no marketplace.');
const hour = () => wireInt(0, 23).nullable().optional();

const preferencesExample = {
  timezone: 'America/New_York',
  currency: 'USD',
  ebay_marketplace_id: 'EBAY_GB',
  notifications_email: true,
  notifications_push: true,
  quiet_hours_start: 22,
  quiet_hours_end: 7,
  notification_timezone: 'America/Los_Angeles',
  delivery_frequency: 'hourly',
  daily_cap: 20,
};

/** Absent leaves as it is; null clears, or for what is never empty leaves as it is. */
const UserPreferencesUpdate = z
  .object({
    timezone: timeZone().nullable().optional(),
    currency: wireCurrency().nullable().optional(),
    ebay_marketplace_id: marketplace().nullable().optional(),
    notifications_email: z.boolean().nullish(),
    notifications_push: z.boolean().nullish(),
    quiet_hours_start: hour(),
    quiet_hours_end: hour(),
    notification_timezone: timeZone().nullable().optional(),
    delivery_frequency: z.enum(FREQUENCIES).nullish(),
    daily_cap: wireInt(1, 1000).nullable().optional(),
    event_toggles: z.partialRecord(z.enum(EVENT_TYPES), z.boolean().nullable()).nullish(),
  })
  .meta({ id: 'UserPreferencesUpdate', example: preferencesExample });

export const UserProfileUpdate = z
  .object({
    display_name: wireText(1, 120).nullable().optional(),
    preferences: UserPreferencesUpdate.nullish(),
  })
  .meta({ id: 'UserProfileUpdate', example: { display_name: 'Wax Hunter', preferences: preferencesExample } })
  .transform(({ display_name, preferences }): SettingsChange => {
    const { timezone, currency, ebay_marketplace_id, notification_timezone, event_toggles, ...rest } =
      preferences ?? {};
    return {
      user: stated({ display_name, timezone, currency, ebay_marketplace_id }),
      preferences: stated({
        quiet_hours_start: rest.quiet_hours_start,
        quiet_hours_end: rest.quiet_hours_end,
        timezone_override: notification_timezone,
        email_enabled: rest.notifications_email ?? undefined,
        realtime_enabled: rest.notifications_push ?? undefined,
        delivery_frequency: rest.delivery_frequency ?? undefined,
        daily_cap: rest.daily_cap,
      }),
      eventToggles: event_toggles ?? {},
    };
  });

type Stated<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

const stated = <T extends object>(values: T): Stated<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Stated<T>;

const UserPreferences = z
  .object({
    timezone: z.string().nullable(),
    currency: z.string().nullable(),
    ebay_marketplace_id: z
      .string()
      .nullable()
      .describe('Where eBay is asked for rules and searches that name no marketplace.'),
    notifications_email: z.boolean(),
    notifications_push: z.boolean(),
    quiet_hours_start: z.int().nullable(),
    quiet_hours_end: z.int().nullable(),
    notification_timezone: z.string().nullable(),
    delivery_frequency: z.enum(FREQUENCIES),
    daily_cap: z
      .int()
      .nullable()
      .describe('Messages per channel and day; what is over goes into one message the next day.'),
    event_toggles: z
      .record(z.string(), z.boolean())
      .describe('Event types whose default the user has changed.'),
  })
  .meta({ id: 'UserPreferences', example: { ...preferencesExample, event_toggles: {} } });

const IntegrationSummary = z
  .object({ provider: z.string(), linked: z.boolean(), watch_rule_count: z.int() })
  .meta({ id: 'IntegrationSummary' });

export const UserProfileOut = z
  .object({
    id: wireId(),
    email: z.string().meta({ format: 'email' }),
    display_name: z.string().nullable(),
    is_active: z.boolean(),
    preferences: UserPreferences,
    integrations: z.array(IntegrationSummary),
    created_at: wireInstant(),
    updated_at: wireInstant(),
  })
  .meta({
    id: 'UserProfileOut',
    example: {
      id: EXAMPLE.userId,
      email: 'collector@example.com',
      display_name: 'Wax Hunter',
      is_active: true,
      preferences: { ...preferencesExample, event_toggles: {} },
      integrations: [{ provider: 'discogs', linked: true, watch_rule_count: 4 }],
      created_at: EXAMPLE.instant,
      updated_at: EXAMPLE.laterInstant,
    },
  });
export type UserProfileOut = z.output<typeof UserProfileOut>;

/** Instants of the marker carry `+00:00`, as those of all free-form objects. */
export const LogoutResponse = z
  .object({
    success: z.boolean(),
    signed_out: z.boolean().describe('As `success`, for clients that look for this name'),
    marker: z.object({ user_id: z.string(), logged_out_at: z.string(), invalidate_before: z.string() }),
  })
  .meta({
    id: 'LogoutResponse',
    example: {
      success: true,
      signed_out: true,
      marker: {
        user_id: EXAMPLE.userId,
        logged_out_at: '2026-01-20T12:00:00.123456+00:00',
        invalidate_before: '2026-01-20T12:00:00.123456+00:00',
      },
    },
  });

export const DeactivateAccountResponse = z
  .object({ success: z.boolean(), deactivated_at: wireInstant() })
  .meta({
    id: 'DeactivateAccountResponse',
    example: { success: true, deactivated_at: EXAMPLE.laterInstant },
  });

export const HardDeleteAccountResponse = z.object({ success: z.boolean(), deleted_at: wireInstant() }).meta({
  id: 'HardDeleteAccountResponse',
  example: { success: true, deleted_at: EXAMPLE.laterInstant },
});
