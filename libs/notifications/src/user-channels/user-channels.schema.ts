import { EXAMPLE, wireId, wireInstant, wireText, wireTrimmedText, wireUuid } from '@waxwatch/platform/http';
import { z } from 'zod';
import { EmailChannelOut } from '../mail-feedback/mail-suppressions.schema';
import { CHANNELS } from '../notification.entity';
import {
  discordSettings,
  ntfySettings,
  pushSettings,
  slackSettings,
  telegramSettings,
  webhookSettings,
} from './channel-settings';
import { USER_CHANNELS } from './user-channel.entity';

const label = { label: wireTrimmedText(1, 80).nullish() };
const named = <const Name extends string>(name: Name) => ({ channel: z.literal(name), ...label });

export const UserChannelCreate = z
  .discriminatedUnion('channel', [
    pushSettings.extend(named('push')),
    ntfySettings.extend(named('ntfy')),
    telegramSettings.extend(named('telegram')),
    discordSettings.extend(named('discord')),
    slackSettings.extend(named('slack')),
    webhookSettings.extend(named('webhook')),
  ])
  .meta({
    id: 'UserChannelCreate',
    example: { channel: 'ntfy', label: 'Telephone', topic: 'my-secret-topic', priority: 4 },
  });
export type NewUserChannel = z.output<typeof UserChannelCreate>;

export const UserChannelUpdate = z
  .object({ ...label, is_enabled: z.boolean().optional() })
  .meta({ id: 'UserChannelUpdate', example: { is_enabled: false } });
export type UserChannelChange = z.output<typeof UserChannelUpdate>;

export const UserChannelOut = z
  .object({
    id: wireId(),
    channel: z.enum(USER_CHANNELS),
    label: z.string().nullable(),
    is_enabled: z.boolean(),
    hint: z.string().describe('What may be shown of the destination, such as its host or last characters'),
    disabled_reason: z.string().nullable().describe('Why we stopped using it; enabling it tries again'),
    verified_at: wireInstant().nullable(),
    last_error_code: z.string().nullable(),
    last_error_at: wireInstant().nullable(),
    created_at: wireInstant(),
    updated_at: wireInstant(),
  })
  .meta({
    id: 'UserChannelOut',
    example: {
      id: EXAMPLE.id,
      channel: 'ntfy',
      label: 'Telephone',
      is_enabled: true,
      hint: 'ntfy.sh, …opic',
      disabled_reason: null,
      verified_at: EXAMPLE.instant,
      last_error_code: null,
      last_error_at: null,
      created_at: EXAMPLE.instant,
      updated_at: EXAMPLE.laterInstant,
    },
  });
export type UserChannelOut = z.output<typeof UserChannelOut>;

const listed = z.union([UserChannelOut, EmailChannelOut]);
export const UserChannelList = z.array(listed).meta({ example: [UserChannelOut.meta()?.example] });

export const ChannelOptionsOut = z
  .object({
    channels: z.array(z.enum(CHANNELS)).describe('The channels that this server can reach people in'),
    vapid_public_key: z.string().nullable().describe('`applicationServerKey` of push subscriptions'),
  })
  .meta({
    id: 'ChannelOptionsOut',
    example: {
      channels: ['email', 'realtime', 'push', 'ntfy'],
      vapid_public_key: 'BEl62iUYgUivxIkv69yViEuiBIa-Ib9-SkvMeAtA3LFg',
    },
  });

export const ChannelTestOut = z
  .object({
    ok: z.boolean(),
    provider_message_id: z.string().nullable(),
    error: z
      .object({
        code: z.string(),
        detail: z.string().nullable().describe('The provider’s own words'),
        retryable: z.boolean(),
        retry_after_seconds: z.int().nullable(),
      })
      .nullable(),
  })
  .meta({
    id: 'ChannelTestOut',
    example: {
      ok: false,
      provider_message_id: null,
      error: { code: 'target_gone', detail: '404 no_service', retryable: false, retry_after_seconds: null },
    },
  });
export type ChannelTestOut = z.output<typeof ChannelTestOut>;

export const ChannelConfirmation = z
  .object({ code: wireText(6, 6) })
  .meta({ id: 'ChannelConfirmation', example: { code: '123456' } });

export const ChannelId = wireUuid();
export const ChannelName = z.enum(CHANNELS);
