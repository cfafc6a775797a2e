import { Module } from '@nestjs/common';
import { RequestCountingService } from './request-counting.service';
import { RequestCountsStore } from './request-counts.store';
import { UsageReportsService } from './usage-reports.service';
import { UsageHttpController } from './usage.http.controller';

@Module({
  controllers: [UsageHttpController],
  providers: [RequestCountingService, RequestCountsStore, UsageReportsService],
  exports: [RequestCountingService],
})
export class UsageModule {}
