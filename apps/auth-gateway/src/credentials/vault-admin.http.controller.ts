import {
  listAudit,
  listCredentialAuditRoute,
  reportKeys,
  reportVaultKeysRoute,
  rotateKeys,
  rotateVaultKeysRoute,
  verifyAudit,
  verifyVaultAuditRoute,
} from '@musicgen/platform-contracts';
import { RpcClient } from '@musicgen/service-kit';
import { Controller } from '@nestjs/common';
import type { Input } from '../http/input';
import { Route } from '../http/route.decorator';

@Controller()
export class VaultAdminHttpController {
  constructor(private readonly rpc: RpcClient) {}

  @Route(reportVaultKeysRoute)
  reportKeys({ call }: Input<typeof reportVaultKeysRoute>) {
    return this.rpc.call(reportKeys, {}, call);
  }

  @Route(rotateVaultKeysRoute)
  rotateKeys({ call, body }: Input<typeof rotateVaultKeysRoute>) {
    return this.rpc.call(body.dry_run ? reportKeys : rotateKeys, {}, call);
  }

  @Route(verifyVaultAuditRoute)
  verifyAudit({ call }: Input<typeof verifyVaultAuditRoute>) {
    return this.rpc.call(verifyAudit, {}, call);
  }

  @Route(listCredentialAuditRoute)
  listAudit({ call, params, query }: Input<typeof listCredentialAuditRoute>) {
    return this.rpc.call(listAudit, { id: params.id, ...query }, call);
  }
}
