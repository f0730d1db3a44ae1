import { z } from 'zod';
import { faultSchema } from './faults';
import type { HttpSimulator, Reply, SimulatedRequest } from './http-simulator';

/** A control by name: takes the parsed JSON body (undefined when there is none) and gives what to answer. */
export type Controls = Record<string, (body: unknown) => unknown>;

const clockSchema = z.union([
  z.object({ advanceMs: z.number() }),
  z.object({ now: z.iso.datetime({ offset: true }) }),
  z.object({ stopAt: z.iso.datetime({ offset: true }) }),
]);

/**
 * Runs `<METHOD> /__control/<name>`. Common to all simulators: `GET|DELETE journal`, `POST|DELETE faults`,
 * `POST clock` with `{advanceMs}`, `{now}` or `{stopAt}`, and `POST reset`. A bad body gives 400 with the reasons.
 */
export function runControl(
  simulator: HttpSimulator,
  name: string,
  request: SimulatedRequest,
  own: Controls,
): Reply {
  const all: Controls = { ...commonControls(simulator), ...own };
  const control = all[`${request.method} ${name}`];
  if (!control) return { status: 404, body: { error: `no such control`, controls: Object.keys(all) } };
  try {
    const result = control(request.body === '' ? undefined : JSON.parse(request.body));
    return { status: 200, body: result ?? { ok: true } };
  } catch (error) {
    const message = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    return { status: 400, body: { error: message } };
  }
}

function commonControls(simulator: HttpSimulator): Controls {
  return {
    'GET journal': () => simulator.journal,
    'DELETE journal': () => {
      simulator.journal.length = 0;
    },
    'POST faults': (body) => simulator.faults.inject(faultSchema.parse(body)),
    'DELETE faults': () => simulator.faults.clear(),
    'POST clock': (body) => {
      const move = clockSchema.parse(body);
      if ('advanceMs' in move) simulator.clock.advance(move.advanceMs);
      else if ('now' in move) simulator.clock.set(new Date(move.now));
      else simulator.clock.stopAt(new Date(move.stopAt));
      return { now: simulator.clock.now().toISOString() };
    },
    'POST reset': () => simulator.reset(),
  };
}
