import { type DynamicModule, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { APP_CONFIG, type AppConfig } from '../config/app-config';
import { pinoOptions } from './pino-options';

/** One JSON object per line on standard output, without secrets. */
@Module({})
export class LoggingModule {
  static forRoot(): DynamicModule {
    return {
      module: LoggingModule,
      imports: [
        LoggerModule.forRootAsync({
          inject: [APP_CONFIG],
          useFactory: (config: AppConfig) => ({
            pinoHttp: [pinoOptions(config), process.stdout],
            renameContext: 'logger',
            // Requests are logged by our own single line; this middleware would cost more than the request.
            forRoutes: [],
          }),
        }),
      ],
    };
  }
}
