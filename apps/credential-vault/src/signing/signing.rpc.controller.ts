import { makeSignature, type PlatformId, type Principal, type RequestOf } from '@musicgen/platform-contracts';
import { PlatformRpcs, type Call } from '@musicgen/service-kit';
import { Controller } from '@nestjs/common';
import { SigningService } from './signing.service';

@Controller()
export class SigningRpcController {
  constructor(private readonly signing: SigningService) {}

  @PlatformRpcs(makeSignature)
  sign(request: RequestOf<(typeof makeSignature)['contracts'][number]>, call: Call<Principal>, platform: PlatformId) {
    return this.signing.sign(call, platform, request);
  }
}
