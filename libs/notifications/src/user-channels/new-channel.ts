import { createHash, randomInt } from 'node:crypto';
import { discordParts, slackPath } from './channel-settings';
import type { NewUserChannel } from './user-channels.schema';

/** A channel taken apart for storing. */
export interface ChannelParts {
  /** What is encrypted. */
  secret: Record<string, unknown>;
  /** What makes two of them the same. */
  targetHash: string;
  hint: string;
  /** Addresses that have to be public ones. */
  addresses: string[];
}

const CODE_LIMIT = 1_000_000;

const hashOf = (...parts: string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');
const lastFour = (text: string): string => `…${text.slice(-4)}`;
const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : '');

/** Splits what a user entered into what is secret, what may be shown and what has to be checked. */
export function partsOf(input: NewUserChannel): ChannelParts {
  switch (input.channel) {
    case 'push': {
      const { endpoint, keys } = input.subscription;
      return {
        secret: { endpoint, ...keys },
        targetHash: hashOf(endpoint),
        hint: hostOf(endpoint),
        addresses: [endpoint],
      };
    }
    case 'ntfy': {
      const { topic, server_url: server = null, access_token: token, priority } = input;
      return {
        secret: { server, topic, priority, authorization: token ? `Bearer ${token}` : null },
        targetHash: hashOf(server ?? '', topic),
        hint: `${server === null ? 'ntfy' : hostOf(server)}, ${lastFour(topic)}`,
        addresses: server === null ? [] : [server],
      };
    }
    case 'telegram': {
      const code = String(randomInt(CODE_LIMIT)).padStart(6, '0');
      const { chat_id: chatId } = input;
      return { secret: { chatId, code }, targetHash: hashOf(chatId), hint: lastFour(chatId), addresses: [] };
    }
    case 'discord': {
      const { id, token } = discordParts(input.webhook_url);
      return { secret: { id, token }, targetHash: hashOf(id), hint: lastFour(id), addresses: [] };
    }
    case 'slack': {
      const path = slackPath(input.webhook_url);
      return { secret: { path }, targetHash: hashOf(path), hint: lastFour(path), addresses: [] };
    }
    case 'webhook': {
      const { url, secret } = input;
      return { secret: { url, secret }, targetHash: hashOf(url), hint: hostOf(url), addresses: [url] };
    }
  }
}
