import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Readiness } from '@waxwatch/health';
import { Matcher } from '@waxwatch/matching';
import { Lifecycle } from '@waxwatch/platform/lifecycle';

const RETRY_MS = 2000;

/** Reads all rules into memory before the worker calls itself ready, so that no batch waits for it. */
@Injectable()
export class MatcherWarmUp implements OnApplicationBootstrap {
  private readonly logger = new Logger('matching');
  private readonly gate;

  constructor(
    private readonly matcher: Matcher,
    private readonly lifecycle: Lifecycle,
    readiness: Readiness,
  ) {
    this.gate = readiness.require('matching index');
  }

  onApplicationBootstrap(): void {
    void this.loadUntilDone();
  }

  private async loadUntilDone(): Promise<void> {
    while (!this.lifecycle.isDraining) {
      try {
        await this.matcher.load();
        this.gate.markReady();
        return;
      } catch (error) {
        this.logger.error({ event: 'matching.index.load_failed', err: error });
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
      }
    }
  }
}
