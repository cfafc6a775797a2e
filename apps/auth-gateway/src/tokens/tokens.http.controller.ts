import { jwksRoute } from '@musicgen/platform-contracts';
import { Controller } from '@nestjs/common';
import type { Input } from '../http/input';
import { Route } from '../http/route.decorator';
import { JWKS_MAX_AGE_S } from './signing-key';
import { SigningKeysService } from './signing-keys.service';

@Controller()
export class TokensHttpController {
  constructor(private readonly keys: SigningKeysService) {}

  @Route(jwksRoute)
  jwks({ reply }: Input<typeof jwksRoute>) {
    reply.header('cache-control', `public, max-age=${JWKS_MAX_AGE_S}`);
    return this.keys.jwks() as { keys: Record<string, unknown>[] };
  }
}
