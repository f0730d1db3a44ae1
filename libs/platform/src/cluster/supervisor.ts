import cluster, { type Worker } from 'node:cluster';
import type { Logger } from 'pino';
import { Counter, Gauge, Registry } from 'prom-client';
import { exportedMetrics } from './cluster-messages';
import { MetricsCollector } from './collect-metrics';

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 30_000;
/** A process that lived so long did not die of how it was started. */
const STABLE_AFTER_MS = 10_000;
/** Failed starts in a row, while no process takes requests. */
const MAX_FAILED_STARTS = 5;
/** After that many no process can have anything left to do: each ends by itself within 25 s. */
const WATCHDOG_MS = 27_000;
/** A configuration that was refused is refused the next time too. */
const EX_CONFIG = 78;

/** A place for a process; the number stays when the process is replaced. */
interface Slot {
  readonly number: number;
  worker: Worker | undefined;
  startedAt: number;
  isListening: boolean;
  /** Ends in a row that came too soon. */
  failures: number;
  restart: NodeJS.Timeout | undefined;
}

/** Keeps a number of processes running that share a port. Takes no request itself. */
export class Supervisor {
  private readonly slots: Slot[];
  private readonly collector: MetricsCollector;
  private readonly registry = new Registry();
  private readonly exits: Counter;
  private isStopping = false;
  private exitCode = 0;

  constructor(
    private readonly size: number,
    private readonly logger: Logger,
  ) {
    this.slots = Array.from({ length: size }, (_, number) => ({
      number,
      worker: undefined,
      startedAt: 0,
      isListening: false,
      failures: 0,
      restart: undefined,
    }));
    this.exits = this.declareMetrics();
    this.collector = new MetricsCollector(
      () => new Map(this.listening().map(({ number, worker }) => [number, worker])),
      async () => exportedMetrics.parse(await this.registry.getMetricsAsJSON()),
    );
  }

  start(): void {
    this.logger.info({ event: 'cluster.started', processes: this.size });
    for (const slot of this.slots) this.fork(slot);
  }

  /** Tells all processes to end, and ends when they have. */
  stop(): void {
    if (this.isStopping) return;
    this.isStopping = true;
    this.logger.info({ event: 'cluster.stopping' });
    for (const slot of this.slots) {
      clearTimeout(slot.restart);
      slot.worker?.process.kill('SIGTERM');
    }
    setTimeout(() => this.cut(), WATCHDOG_MS).unref();
    this.endWhenAlone();
  }

  private fork(slot: Slot): void {
    const worker = cluster.fork();
    Object.assign(slot, { worker, startedAt: Date.now(), isListening: false });
    this.collector.serve(worker);
    worker.once('listening', () => {
      slot.isListening = true;
      this.logger.info({
        event: 'cluster.process.listening',
        process: slot.number,
        process_pid: worker.process.pid,
      });
    });
    worker.once('exit', (code: number | null, signal: string | null) => this.onExit(slot, code, signal));
  }

  private onExit(slot: Slot, code: number | null, signal: string | null): void {
    const { worker, isListening } = slot;
    Object.assign(slot, { worker: undefined, isListening: false });
    if (this.isStopping) {
      // One that was still starting has nothing to drain, and dies of the signal.
      if (isListening && code !== 0) this.exitCode = 1;
      this.endWhenAlone();
      return;
    }
    const wasAskedTo = isListening && code === 0;
    const wasStable = isListening && Date.now() - slot.startedAt >= STABLE_AFTER_MS;
    slot.failures = wasAskedTo || wasStable ? 0 : slot.failures + 1;
    if (!wasAskedTo) this.exits.inc();
    const restartInMs = wasAskedTo ? 0 : Math.min(FIRST_DELAY_MS * 2 ** slot.failures, LONGEST_DELAY_MS);
    this.logger[wasAskedTo ? 'info' : 'error']({
      event: 'cluster.process.exited',
      process: slot.number,
      process_pid: worker?.process.pid,
      code,
      signal,
      restart_in_ms: restartInMs,
    });
    if (this.isHopeless(code)) this.giveUp(code ?? 1);
    else slot.restart = setTimeout(() => this.fork(slot), restartInMs);
  }

  /** Nobody takes requests, and starting over has not helped. */
  private isHopeless(code: number | null): boolean {
    if (this.listening().length > 0) return false;
    const failures = this.slots.reduce((sum, slot) => sum + slot.failures, 0);
    return code === EX_CONFIG || failures >= MAX_FAILED_STARTS;
  }

  private giveUp(code: number): void {
    this.logger.fatal({ event: 'cluster.gave_up', failed_starts: MAX_FAILED_STARTS });
    process.stderr.write('api: no process can be started, or none keeps running; giving up\n');
    this.exitCode = code === 0 ? 1 : code;
    this.stop();
  }

  private cut(): void {
    this.logger.error({ event: 'cluster.cut' });
    for (const { worker } of this.slots) worker?.process.kill('SIGKILL');
    process.exit(1);
  }

  private endWhenAlone(): void {
    if (this.slots.every(({ worker }) => worker === undefined)) process.exit(this.exitCode);
  }

  private listening(): { number: number; worker: Worker }[] {
    return this.slots.flatMap(({ number, worker, isListening }) =>
      worker && isListening ? [{ number, worker }] : [],
    );
  }

  private declareMetrics(): Counter {
    const registers = [this.registry];
    const wanted = new Gauge({ name: 'waxwatch_api_processes', help: 'Processes wanted', registers });
    wanted.set(this.size);
    const countListening = (): number => this.listening().length;
    new Gauge({
      name: 'waxwatch_api_processes_listening',
      help: 'Processes that take requests',
      registers,
      collect() {
        this.set(countListening());
      },
    });
    const name = 'waxwatch_api_process_exits_total';
    return new Counter({ name, help: 'Processes that ended although nobody had asked them to', registers });
  }
}
