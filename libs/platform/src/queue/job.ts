import type { z } from 'zod';
import type { QueueName } from '../config/app-config';

/** A kind of work. The payload is a public format: ids and plain values, optional additions only. */
export interface JobDefinition<P> {
  queue: QueueName;
  /** verb-noun */
  name: string;
  payload: z.ZodType<P>;
}

export const defineJob = <P>(definition: JobDefinition<P>): JobDefinition<P> => definition;

/** Does one kind of work. It may be called twice with the same payload, also at the same time. */
export interface JobHandler<P> {
  handle(payload: P): Promise<void>;
}

const HANDLED_JOB = Symbol('HANDLED_JOB');

/** Marks a provider as the handler of a job; worker modules list it among their providers. */
export const HandlesJob =
  <P>(job: JobDefinition<P>) =>
  (target: new (...args: never[]) => JobHandler<P>): void => {
    Reflect.defineMetadata(HANDLED_JOB, job, target);
  };

/** The job a class handles, if it is a handler. */
export const handledJobOf = (target: object): JobDefinition<unknown> | undefined =>
  Reflect.getMetadata(HANDLED_JOB, target) as JobDefinition<unknown> | undefined;
