import type { ModuleMetadata } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PlatformModule } from '@waxwatch/platform/app';
import { parseConfig } from '@waxwatch/platform/config';
import { ENTITIES } from '../../migrations/data-source';

/** The platform and some features without HTTP, as one process would boot them; close it when through. */
export async function startModule(
  imports: NonNullable<ModuleMetadata['imports']>,
  env: Record<string, string>,
): Promise<TestingModule> {
  const config = parseConfig({
    ENVIRONMENT: 'test',
    LOG_LEVEL: 'silent',
    QUEUE_EAGER: 'true',
    AUTH_ISSUER: 'http://127.0.0.1:1/auth/v1',
    ...env,
  });
  const module = await Test.createTestingModule({
    imports: [
      PlatformModule.forRoot(config, 'waxwatch-test'),
      TypeOrmModule.forFeature(ENTITIES),
      ...imports,
    ],
  }).compile();
  module.useLogger(false);
  return await module.init();
}
