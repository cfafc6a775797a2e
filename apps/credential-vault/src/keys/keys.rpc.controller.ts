import { reportKeys, rotateKeys, type Principal } from '@musicgen/platform-contracts';
import { Rpc, type Call } from '@musicgen/service-kit';
import { Controller } from '@nestjs/common';
import { KeyRotationService } from './key-rotation.service';

@Controller()
export class KeysRpcController {
  constructor(private readonly rotation: KeyRotationService) {}

  @Rpc(reportKeys)
  report(_request: object, { principal }: Call<Principal>) {
    return this.rotation.report(principal);
  }

  @Rpc(rotateKeys)
  rotate(_request: object, { principal }: Call<Principal>) {
    return this.rotation.start(principal);
  }
}
