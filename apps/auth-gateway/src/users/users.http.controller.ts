import { getProfileRoute, updateProfileRoute, type Principal } from '@musicgen/platform-contracts';
import type { Call } from '@musicgen/service-kit';
import { Controller } from '@nestjs/common';
import type { Input } from '../http/input';
import { Route } from '../http/route.decorator';
import { QuotaService } from '../usage/quota.service';
import { UsersService } from './users.service';

@Controller()
export class UsersHttpController {
  constructor(
    private readonly users: UsersService,
    private readonly quota: QuotaService,
  ) {}

  @Route(getProfileRoute)
  get({ call }: Input<typeof getProfileRoute>) {
    return this.profile(call);
  }

  @Route(updateProfileRoute)
  async update({ call, body }: Input<typeof updateProfileRoute>) {
    await this.users.rename(call.principal.user_id, body.name);
    return this.profile(call);
  }

  private async profile(call: Call<Principal>) {
    const [user, usage] = await Promise.all([this.users.get(call.principal.user_id), this.quota.find(call)]);
    return {
      id: user.id,
      email: user.email,
      name: user.name,
      tier: user.tier,
      mode: call.principal.mode,
      usage,
      created_at: user.createdAt.toISOString(),
    };
  }
}
