/** Nobody has words for it. While it waits for a release that has, it keeps no other alert back. */
export const UNRENDERABLE = 'unrenderable';

/** Why a notification was given up although nobody refused it: administrators see these and may send them back. */
export const GIVEN_UP_CODES = `('parked', 'attempts_exhausted', '${UNRENDERABLE}')`;
