import type { healthContracts } from '@musicgen/platform-contracts';
import { Controller, type Type } from '@nestjs/common';
import { Rpc } from '../rpc/rpc.decorator';
import { version } from '../version';
import { Health } from './health';

/** The health contract of one service, answered. */
export function healthRpcController(
  contract: (typeof healthContracts)[keyof typeof healthContracts],
): Type<{ check(): unknown }> {
  @Controller()
  class HealthRpcController {
    constructor(private readonly health: Health) {}

    @Rpc(contract)
    async check() {
      return { service: contract.owner, version, ...(await this.health.check()) };
    }
  }
  return HealthRpcController;
}
