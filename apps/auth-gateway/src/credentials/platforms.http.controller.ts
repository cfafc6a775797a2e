import {
  changePlatform,
  formFields,
  getPlatformRoute,
  issuePlatformTokenRoute,
  issueTokenToUser,
  listPlatforms,
  listPlatformsRoute,
  platforms,
  setPlatformRoute,
  type PlatformDefinition,
  type PlatformId,
  type ResponseOf,
} from '@musicgen/platform-contracts';
import { RpcClient } from '@musicgen/service-kit';
import { Controller } from '@nestjs/common';
import type { Input } from '../http/input';
import { pageOfAll } from '../http/page-of-all';
import { Route } from '../http/route.decorator';

type PlatformOfUser = ResponseOf<typeof changePlatform>;

@Controller()
export class PlatformsHttpController {
  constructor(private readonly rpc: RpcClient) {}

  @Route(listPlatformsRoute)
  async list({ call, query }: Input<typeof listPlatformsRoute>) {
    const { data } = await this.rpc.call(listPlatforms, {}, call);
    return pageOfAll(data.map(view), query);
  }

  @Route(getPlatformRoute)
  async get({ call, params }: Input<typeof getPlatformRoute>) {
    const { data } = await this.rpc.call(listPlatforms, {}, call);
    return view(data.find(({ platform }) => platform === params.platform)!);
  }

  @Route(setPlatformRoute)
  async set({ call, params, body }: Input<typeof setPlatformRoute>) {
    return view(await this.rpc.call(changePlatform, { ...body, ...params }, call));
  }

  @Route(issuePlatformTokenRoute)
  issueToken({ call, params, body }: Input<typeof issuePlatformTokenRoute>) {
    return this.rpc.call(issueTokenToUser, { ...body, ...params }, call);
  }
}

function view({ platform: id, link, connectable, active_credential }: PlatformOfUser) {
  const platform: PlatformDefinition = platforms[id as PlatformId];
  return {
    id,
    name: platform.displayName,
    link: link ?? platform.link,
    oauth: platform.auth.type === 'oauth2',
    connectable,
    fields: formFields(platform).map((field) => ({ ...field })),
    active_credential,
  };
}
