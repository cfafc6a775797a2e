import {
  formFields,
  getPlatformRoute,
  listActiveCredentials,
  listPlatformsRoute,
  platforms,
  type PlatformDefinition,
  type PlatformId,
  type ResponseOf,
} from '@musicgen/platform-contracts';
import { RpcClient } from '@musicgen/service-kit';
import { Controller } from '@nestjs/common';
import { pageOfAll } from '../http/page-of-all';
import { Route, type Input } from '../http/route.decorator';

type Active = ResponseOf<typeof listActiveCredentials>['data'];

@Controller()
export class PlatformsHttpController {
  constructor(private readonly rpc: RpcClient) {}

  @Route(listPlatformsRoute)
  async list({ call, query }: Input<typeof listPlatformsRoute>) {
    const { data: active } = await this.rpc.call(listActiveCredentials, {}, call);
    const page = pageOfAll(Object.values(platforms), query);
    return { ...page, data: page.data.map((platform) => view(platform, active)) };
  }

  @Route(getPlatformRoute)
  async get({ call, params }: Input<typeof getPlatformRoute>) {
    const { data: active } = await this.rpc.call(listActiveCredentials, {}, call);
    return view(platforms[params.platform as PlatformId], active);
  }
}

const view = (platform: PlatformDefinition, active: Active) => ({
  id: platform.id,
  name: platform.displayName,
  link: platform.link,
  oauth: platform.auth.type === 'oauth2',
  fields: formFields(platform).map((field) => ({ ...field })),
  active_credential: active.find((credential) => credential.platform === platform.id) ?? null,
});
