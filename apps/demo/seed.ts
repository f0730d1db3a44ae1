import type { DemoClient } from './demo-client';
import { DEMO_PROFILE, demoRules, demoWatches } from './demo-collector';

interface Named {
  id: string;
  name: string;
}

/**
 * Gives the demo collector a profile, rules and watched releases at the first start. Later starts leave alone what
 * is there, also when it was changed or switched off meanwhile.
 * @param sources the marketplaces that the rules name
 * @returns the rules of the collector, newest first
 */
export async function seed(client: DemoClient, sources: readonly string[]): Promise<Named[]> {
  const rules = await client.call<Named[]>('GET', '/api/watch-rules');
  if (rules.length > 0) return rules;
  await client.call('PATCH', '/api/me', DEMO_PROFILE);
  for (const rule of demoRules(sources)) await client.call('POST', '/api/watch-rules', rule);
  const watches = await client.call<unknown[]>('GET', '/api/watch-releases');
  if (watches.length === 0) {
    for (const watch of demoWatches()) await client.call('POST', '/api/watch-releases', watch);
  }
  return await client.call<Named[]>('GET', '/api/watch-rules');
}
