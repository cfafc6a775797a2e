import { listAudit, verifyAudit, type Principal, type RequestOf } from '@musicgen/platform-contracts';
import { requirePermission, Rpc, type Call } from '@musicgen/service-kit';
import { Controller } from '@nestjs/common';
import { AuditRecord } from './audit-record.service';

@Controller()
export class AuditRpcController {
  constructor(private readonly record: AuditRecord) {}

  @Rpc(verifyAudit)
  verify(_request: object, { principal }: Call<Principal>) {
    return this.record.verify(principal);
  }

  @Rpc(listAudit)
  list(request: RequestOf<typeof listAudit>, { principal }: Call<Principal>) {
    requirePermission(principal, 'credentials:read');
    return this.record.list(principal, request);
  }
}
