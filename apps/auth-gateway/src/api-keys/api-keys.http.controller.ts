import {
  createApiKeyRoute,
  getApiKeyRoute,
  listApiKeysRoute,
  revokeApiKeyRoute,
  rotateApiKeyRoute,
} from '@musicgen/platform-contracts';
import { Controller } from '@nestjs/common';
import { Route, type Input } from '../http/route.decorator';
import { ApiKeysService } from './api-keys.service';

@Controller()
export class ApiKeysHttpController {
  constructor(private readonly keys: ApiKeysService) {}

  @Route(listApiKeysRoute)
  list({ call, query }: Input<typeof listApiKeysRoute>) {
    return this.keys.list(call.principal, query);
  }

  @Route(createApiKeyRoute)
  create({ authenticated, body, creation }: Input<typeof createApiKeyRoute>) {
    return this.keys.create(authenticated, body, creation);
  }

  @Route(rotateApiKeyRoute)
  rotate({ authenticated, params, body, creation }: Input<typeof rotateApiKeyRoute>) {
    return this.keys.rotate(authenticated, params.id, body.overlap_days, creation);
  }

  @Route(getApiKeyRoute)
  get({ call, params }: Input<typeof getApiKeyRoute>) {
    return this.keys.get(call.principal, params.id);
  }

  @Route(revokeApiKeyRoute)
  revoke({ call, params }: Input<typeof revokeApiKeyRoute>) {
    return this.keys.revoke(call.principal, params.id);
  }
}
