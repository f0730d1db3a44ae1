import { z } from 'zod';

/** Answer to eBay's challenge, with the name that eBay wants. */
export const EbayChallengeOut = z
  .object({ challengeResponse: z.string().meta({ description: 'SHA-256 in hexadecimal' }) })
  .meta({
    id: 'EbayChallengeOut',
    example: { challengeResponse: 'ca527df75caa230092d7e90484071e8f05d63068f1317973d6a3a42593734bbb' },
  });

const name = z.string().trim().min(1).max(500).nullish();

/** The notification of eBay's topic `MARKETPLACE_ACCOUNT_DELETION`, as far as we read it. */
export const accountDeletionSchema = z.object({
  metadata: z.object({ topic: z.string() }),
  notification: z.object({
    notificationId: z.string().min(1).max(200),
    data: z.object({ username: name, userId: name, eiasToken: name }),
  }),
});
