import { z } from 'zod';

const b64url = (bytes: number) =>
  z
    .string()
    .max(200)
    .refine(
      (value) => /^[\w-]+=*$/.test(value) && Buffer.from(value, 'base64url').length === bytes,
      `must be ${bytes} bytes in base64url`,
    );

/** What of each channel is secret, as it is encrypted. */
export const channelSecrets = {
  push: z.object({ endpoint: z.string(), p256dh: z.string(), auth: z.string() }),
  ntfy: z.object({
    server: z.string().nullable(),
    topic: z.string(),
    authorization: z.string().nullable(),
    priority: z.number(),
  }),
  telegram: z.object({ chatId: z.string(), code: z.string() }),
  discord: z.object({ id: z.string(), token: z.string() }),
  slack: z.object({ path: z.string() }),
  webhook: z.object({ url: z.string(), secret: z.string() }),
};

/** A webhook of Discord; only its id and token are kept, so that we choose the host. */
const DISCORD =
  /^https:\/\/(?:(?:ptb|canary)\.)?discord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks\/(\d{5,25})\/([\w-]{20,120})\/?$/;
const SLACK = /^https:\/\/hooks\.slack\.com(\/services\/[A-Z0-9]{1,20}\/[A-Z0-9]{1,20}\/[A-Za-z0-9]{8,64})$/;
const url = () => z.string().trim().min(1).max(2000);

export const pushSettings = z.object({
  subscription: z.object({ endpoint: url(), keys: z.object({ p256dh: b64url(65), auth: b64url(16) }) }),
});
export const ntfySettings = z.object({
  topic: z.string().regex(/^[-_A-Za-z0-9]{1,64}$/, 'must be 1 to 64 letters, digits, - or _'),
  server_url: url().nullish(),
  access_token: z
    .string()
    .regex(/^tk_\w{5,100}$/, 'must be an access token of ntfy')
    .nullish(),
  priority: z.number().int().min(1).max(5).default(4),
});
export const telegramSettings = z.object({
  chat_id: z.string().regex(/^-?\d{1,20}$/, 'must be the number of a chat'),
});
export const discordSettings = z.object({
  webhook_url: z.string().trim().regex(DISCORD, 'must be the address of a Discord webhook'),
});
export const slackSettings = z.object({
  webhook_url: z.string().trim().regex(SLACK, 'must be the address of a Slack webhook'),
});
export const webhookSettings = z.object({
  url: url(),
  secret: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/, 'must be whsec_ and 24 to 64 bytes in base64'),
});

/** The parts of a Discord webhook's address. */
export function discordParts(address: string): { id: string; token: string } {
  const [, id = '', token = ''] = DISCORD.exec(address) ?? [];
  return { id, token };
}

export const slackPath = (address: string): string => SLACK.exec(address)?.[1] ?? '';
