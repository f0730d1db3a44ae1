import { type DynamicModule, Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule, LocalIssuer } from '@waxwatch/auth';
import { HealthModule } from '@waxwatch/health';
import { IntegrationsModule } from '@waxwatch/integrations';
import { PlatformModule } from '@waxwatch/platform/app';
import type { AppConfig } from '@waxwatch/platform/config';
import { QueueWorkerModule } from '@waxwatch/platform/queue';
import { DEMO_SIGN_IN, type DemoSignIn } from '@waxwatch/playground';
import { ENTITIES } from '../../migrations/data-source';
import { API_FEATURES, DEVELOPMENT_FEATURES } from '../api/api.module';
import { WORKER_FEATURES } from '../worker/worker.module';
import { DEMO_TOKEN_PATH, DemoTokenController } from './demo-token.controller';
import { MarketDirector } from './market-director';

/** The API and the worker in one process, with a collector whom everybody may sign in as. */
@Global()
@Module({})
export class DemoModule {
  static forRoot(config: AppConfig, issuer: LocalIssuer): DynamicModule {
    const signIn: DemoSignIn = { path: DEMO_TOKEN_PATH };
    return {
      module: DemoModule,
      imports: [
        PlatformModule.forRoot(config, 'waxwatch-demo'),
        TypeOrmModule.forFeature(ENTITIES),
        QueueWorkerModule,
        HealthModule,
        AuthModule,
        IntegrationsModule,
        ...API_FEATURES,
        ...DEVELOPMENT_FEATURES,
        ...WORKER_FEATURES,
      ],
      controllers: [DemoTokenController],
      providers: [
        MarketDirector,
        { provide: LocalIssuer, useValue: issuer },
        { provide: DEMO_SIGN_IN, useValue: signIn },
      ],
      exports: [DEMO_SIGN_IN],
    };
  }
}
