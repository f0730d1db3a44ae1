import { Module } from '@nestjs/common';
import { PlaygroundController } from './playground.controller';

/** For environments that are not production-like; the application decides by importing it. */
@Module({ controllers: [PlaygroundController] })
export class PlaygroundModule {}
