import { Module } from '@nestjs/common';
import { QuotaService } from './quota.service';
import { RequestCountingService } from './request-counting.service';
import { RequestCountsStore } from './request-counts.store';
import { UsageReportsService } from './usage-reports.service';
import { UsageHttpController } from './usage.http.controller';

@Module({
  controllers: [UsageHttpController],
  providers: [QuotaService, RequestCountingService, RequestCountsStore, UsageReportsService],
  exports: [QuotaService, RequestCountingService],
})
export class UsageModule {}
