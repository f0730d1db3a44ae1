import { Module } from '@nestjs/common';
import { ProviderRequestReader } from './provider-request-reader';
import { ProviderRequestsController } from './provider-requests.controller';

/** Reads what `integrations` writes down about its calls. */
@Module({ providers: [ProviderRequestReader], controllers: [ProviderRequestsController] })
export class ProviderRequestsApiModule {}
