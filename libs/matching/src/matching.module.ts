import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { MatchRecords } from './match-records';
import { Matcher } from './matcher';
import { WatchMatch } from './watch-match.entity';

@Module({
  imports: [TypeOrmModule.forFeature([WatchMatch])],
  providers: [Matcher, MatchRecords],
  exports: [Matcher, MatchRecords, TypeOrmModule],
})
export class MatchingModule {}
