import {
  type DynamicModule,
  Injectable,
  Logger,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { APP_CONFIG, type AppConfig, InjectConfig } from '../config/app-config';
import { onCrash } from '../lifecycle/crash';
import { ErrorReports, NoErrorReports } from './error-reports';
import { SentryReports } from './sentry-reports';

/** Why nothing is reported; undefined where everything is. */
function reasonForSilence(config: AppConfig): 'missing_dsn' | 'environment_not_enabled' | undefined {
  if (config.SENTRY_DSN === undefined) return 'missing_dsn';
  const enabled = config.SENTRY_ENABLED_ENVIRONMENTS.map((name) => name.toLowerCase());
  return enabled.includes(config.environment) ? undefined : 'environment_not_enabled';
}

async function startReports(config: AppConfig, process: string): Promise<ErrorReports> {
  if (config.SENTRY_DSN === undefined || reasonForSilence(config)) return new NoErrorReports();
  const reports = await SentryReports.start({
    dsn: config.SENTRY_DSN,
    environment: config.SENTRY_ENVIRONMENT ?? config.environment,
    release: config.SENTRY_RELEASE,
    process,
  });
  onCrash(async () => await reports.flush());
  return reports;
}

/** Says at start whether errors are reported, and waits at the end for those that are under way. */
@Injectable()
class ReportsInTime implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('error-reports');

  constructor(
    private readonly reports: ErrorReports,
    @InjectConfig() private readonly config: AppConfig,
  ) {}

  onApplicationBootstrap(): void {
    const reason = reasonForSilence(this.config);
    const { environment } = this.config;
    if (reason) this.logger.log({ event: 'error_reporting.disabled', reason, environment });
    else this.logger.log({ event: 'error_reporting.enabled', environment });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.reports.flush();
  }
}

/** `ErrorReports`, to Sentry where a DSN is set and the environment is on the list, else to nobody. */
@Module({})
export class ErrorReportsModule {
  static forRoot(applicationName: string): DynamicModule {
    return {
      module: ErrorReportsModule,
      global: true,
      providers: [
        {
          provide: ErrorReports,
          inject: [APP_CONFIG],
          useFactory: async (config: AppConfig) => await startReports(config, applicationName),
        },
        ReportsInTime,
      ],
      exports: [ErrorReports],
    };
  }
}
