import {
  createApiKeyRoute,
  getApiKeyRoute,
  listApiKeysRoute,
  revokeApiKeyRoute,
  rotateApiKeyRoute,
} from '@musicgen/platform-contracts';
import { Controller } from '@nestjs/common';
import { actorOf } from '../audit/actor';
import type { Input } from '../http/input';
import { Route } from '../http/route.decorator';
import { ApiKeysService } from './api-keys.service';

@Controller()
export class ApiKeysHttpController {
  constructor(private readonly keys: ApiKeysService) {}

  @Route(listApiKeysRoute)
  list({ call, query }: Input<typeof listApiKeysRoute>) {
    return this.keys.list(call.principal, query);
  }

  @Route(createApiKeyRoute)
  create({ authenticated, body, creation, ...input }: Input<typeof createApiKeyRoute>) {
    return this.keys.create(authenticated, body, creation, actorOf(input));
  }

  @Route(rotateApiKeyRoute)
  rotate({ authenticated, params, body, creation, ...input }: Input<typeof rotateApiKeyRoute>) {
    return this.keys.rotate(authenticated, params.id, body.overlap_days, creation, actorOf(input));
  }

  @Route(getApiKeyRoute)
  get({ call, params }: Input<typeof getApiKeyRoute>) {
    return this.keys.get(call.principal, params.id);
  }

  @Route(revokeApiKeyRoute)
  revoke({ call, request, params }: Input<typeof revokeApiKeyRoute>) {
    return this.keys.revoke(call.principal, params.id, actorOf({ call, request }));
  }
}
