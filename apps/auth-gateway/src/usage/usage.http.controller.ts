import { getUsageRoute } from '@musicgen/platform-contracts';
import { Controller } from '@nestjs/common';
import type { Input } from '../http/input';
import { Route } from '../http/route.decorator';
import { UsageReportsService } from './usage-reports.service';

@Controller()
export class UsageHttpController {
  constructor(private readonly reports: UsageReportsService) {}

  @Route(getUsageRoute)
  report({ call, query }: Input<typeof getUsageRoute>) {
    return this.reports.report(call, query);
  }
}
