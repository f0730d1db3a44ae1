import type { ErrorEvent, Scope, StackFrame } from '@sentry/core';
import type { ServerRuntimeClient, ServerRuntimeClientOptions } from '@sentry/core/server';
import { currentCorrelation } from '../correlation/correlation';
import { redactText } from '../logging/secret-text';
import { ErrorReports } from './error-reports';
import { SentrySender } from './sentry-transport';

const FLUSH_MS = 2000;
/** A mistake on a busy path must not become a thousand reports; Sentry counts those that come. */
const MAX_PER_MINUTE = 60;

export interface SentrySettings {
  dsn: string;
  environment: string;
  release: string | undefined;
  /** `waxwatch-api` or `waxwatch-worker`. */
  process: string;
}

/** Reports to Sentry, or to what speaks its protocol. Its client is loaded by `start` and not before: a process
 * without it pays neither memory nor time. */
export class SentryReports extends ErrorReports {
  private minute = 0;
  private reported = 0;

  private constructor(
    private readonly client: ServerRuntimeClient,
    private readonly newScope: () => Scope,
    private readonly process: string,
  ) {
    super();
  }

  static async start(settings: SentrySettings): Promise<SentryReports> {
    const { createStackParser, createTransport, Scope } = await import('@sentry/core');
    const { nodeStackLineParser, ServerRuntimeClient } = await import('@sentry/core/server');
    const options: ServerRuntimeClientOptions = {
      dsn: settings.dsn,
      environment: settings.environment,
      release: settings.release,
      platform: 'node',
      runtime: { name: 'node', version: process.version },
      // Nothing is collected behind our back: no requests, no breadcrumbs, no spans, no machine.
      integrations: [],
      traceLifecycle: 'static',
      maxBreadcrumbs: 0,
      sendClientReports: false,
      stackParser: createStackParser(nodeStackLineParser()),
      transport: (transport) => {
        const sender = new SentrySender(transport);
        return createTransport(transport, async (envelope) => await sender.send(envelope));
      },
      beforeSend: onlyWhatIsNamed,
    };
    const client = new ServerRuntimeClient(options);
    client.init();
    return new SentryReports(client, () => new Scope(), settings.process);
  }

  override report(error: Error, event: string): void {
    if (this.isTooMuch()) return;
    const scope = this.newScope();
    scope.setTags({ process: this.process, event, ...correlationTags() });
    this.client.captureException(error, { mechanism: { type: 'log', handled: true } }, scope);
  }

  override async flush(): Promise<void> {
    await this.client.flush(FLUSH_MS);
  }

  private isTooMuch(): boolean {
    const minute = Math.floor(performance.now() / 60_000);
    if (minute !== this.minute) [this.minute, this.reported] = [minute, 0];
    this.reported += 1;
    return this.reported > MAX_PER_MINUTE;
  }
}

function correlationTags(): Record<string, string> {
  const { requestId, job, traceparent } = currentCorrelation();
  return {
    ...(requestId === undefined ? {} : { request_id: requestId }),
    ...(job === undefined ? {} : { job: job.name, job_id: job.id, queue: job.queue }),
    ...(traceparent === undefined ? {} : { trace_id: traceparent.slice(3, 35) }),
  };
}

/** What leaves this process: an allow-list, so that no update of the client adds to it, and no text with secrets. */
function onlyWhatIsNamed(event: ErrorEvent): ErrorEvent {
  const { event_id, timestamp, level, platform, environment, release, sdk, tags, contexts } = event;
  const values = (event.exception?.values ?? []).map(({ type, value, stacktrace, mechanism }) => ({
    type: redactText(type ?? 'Error'),
    value: redactText(value ?? ''),
    mechanism: mechanism && { type: mechanism.type, handled: mechanism.handled ?? true },
    stacktrace: stacktrace && { frames: (stacktrace.frames ?? []).map(placeOf) },
  }));
  return {
    type: undefined,
    ...{ event_id, timestamp, level, platform, environment, release, sdk },
    tags: Object.fromEntries(
      Object.entries(tags ?? {}).map(([name, value]) => [name, redactText(String(value))]),
    ),
    contexts: { runtime: contexts?.runtime },
    exception: { values },
  };
}

/** Where, without lines of source and values of variables. */
const placeOf = ({ filename, function: name, lineno, colno, in_app, module }: StackFrame): StackFrame => ({
  filename: redactText(filename ?? ''),
  function: redactText(name ?? '?'),
  lineno,
  colno,
  in_app,
  module,
});
