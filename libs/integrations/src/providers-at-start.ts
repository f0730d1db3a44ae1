import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { ProviderRegistry } from './provider-registry';

/** Says at start which providers there are, and of the others which settings they lack. */
@Injectable()
export class ProvidersAtStart implements OnApplicationBootstrap {
  private readonly logger = new Logger('providers');

  constructor(private readonly registry: ProviderRegistry) {}

  onApplicationBootstrap(): void {
    for (const { name } of this.registry.all()) {
      const { enabled, reason } = this.registry.status(name);
      if (enabled) this.logger.log({ event: 'provider.enabled', provider: name });
      // That the made-up marketplace stays out of production needs nobody's attention.
      else if (name === 'mock') this.logger.log({ event: 'provider.disabled', provider: name, reason });
      else this.logger.warn({ event: 'provider.disabled', provider: name, reason });
    }
  }
}
