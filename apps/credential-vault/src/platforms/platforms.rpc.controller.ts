import { changePlatform, listPlatforms, type Principal, type RequestOf } from '@musicgen/platform-contracts';
import { Rpc, type Call } from '@musicgen/service-kit';
import { Controller } from '@nestjs/common';
import { PlatformsService } from './platforms.service';

@Controller()
export class PlatformsRpcController {
  constructor(private readonly platforms: PlatformsService) {}

  @Rpc(listPlatforms)
  list(_: RequestOf<typeof listPlatforms>, call: Call<Principal>) {
    return this.platforms.list(call.principal);
  }

  @Rpc(changePlatform)
  change(request: RequestOf<typeof changePlatform>, call: Call<Principal>) {
    return this.platforms.change(call, request);
  }
}
