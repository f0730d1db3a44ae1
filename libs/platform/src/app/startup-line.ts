import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { type AppConfig, InjectConfig } from '../config/app-config';

/** Says at start what the process takes itself for. No values that could be secret. */
@Injectable()
export class StartupLine implements OnApplicationBootstrap {
  private readonly logger = new Logger('app');

  constructor(@InjectConfig() private readonly config: AppConfig) {}

  onApplicationBootstrap(): void {
    const { config } = this;
    this.logger.log({
      event: 'app.startup',
      app_name: config.APP_NAME,
      environment: config.environment,
      is_production_like: config.isProductionLike,
      json_logs: config.JSON_LOGS,
      auth_issuer_configured: config.auth.issuer !== undefined,
      auth_jwks_url_configured: config.AUTH_JWKS_URL !== undefined,
    });
  }
}
