import { listSecurityEventsRoute } from '@musicgen/platform-contracts';
import { Controller } from '@nestjs/common';
import { Route, type Input } from '../http/route.decorator';
import { Audit } from './audit.service';

@Controller()
export class AuditHttpController {
  constructor(private readonly audit: Audit) {}

  @Route(listSecurityEventsRoute)
  list({ query }: Input<typeof listSecurityEventsRoute>) {
    return this.audit.list(query);
  }
}
