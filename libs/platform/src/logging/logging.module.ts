import { type DynamicModule, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { destination } from 'pino';
import { APP_CONFIG, type AppConfig } from '../config/app-config';
import { secretsIn } from '../config/secrets';
import { ErrorReports } from '../error-reports/error-reports';
import { pinoOptions } from './pino-options';
import { keepOutOfTexts } from './secret-text';

const STANDARD_OUTPUT = 1;

/** One JSON object per line on standard output, without secrets. */
@Module({})
export class LoggingModule {
  static forRoot(): DynamicModule {
    return {
      module: LoggingModule,
      imports: [
        LoggerModule.forRootAsync({
          inject: [APP_CONFIG, ErrorReports],
          useFactory: (config: AppConfig, reports: ErrorReports) => {
            keepOutOfTexts(secretsIn(config));
            return {
              // Asynchronous: a slow reader of our output must not hold up requests. Flushed at exit by pino itself.
              pinoHttp: [pinoOptions(config, reports), destination({ dest: STANDARD_OUTPUT, sync: false })],
              renameContext: 'logger',
              // Requests are logged by our own single line; this middleware would cost more than the request.
              forRoutes: [],
            };
          },
        }),
      ],
    };
  }
}
