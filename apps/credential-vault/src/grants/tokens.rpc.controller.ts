import { AppError } from '@musicgen/error-codes';
import {
  describeToken,
  issueToken,
  issueTokenToUser,
  refreshToken,
  type PlatformId,
  type Principal,
  type RequestOf,
} from '@musicgen/platform-contracts';
import { PlatformRpcs, requirePermission, Rpc, type Call } from '@musicgen/service-kit';
import { Controller } from '@nestjs/common';
import type { Question } from './token-cache';
import { TokensService } from './tokens.service';

type UserCall = Call<Principal>;

@Controller()
export class TokensRpcController {
  constructor(private readonly tokens: TokensService) {}

  @PlatformRpcs(issueToken)
  issue(
    { credential_id: credentialId, kind, rejected }: RequestOf<(typeof issueToken)['contracts'][number]>,
    call: UserCall,
    platform: PlatformId,
  ) {
    requirePlatform(call.principal, platform);
    return this.answer(call, { platform, credentialId, kind }, rejected);
  }

  @Rpc(issueTokenToUser)
  issueToUser(
    { platform, credential_id: credentialId, kind, rejected }: RequestOf<typeof issueTokenToUser>,
    call: UserCall,
  ) {
    requirePermission(call.principal, 'credentials:token');
    return this.answer(call, { platform, credentialId, kind }, rejected);
  }

  @Rpc(describeToken)
  describe({ id }: RequestOf<typeof describeToken>, { principal }: UserCall) {
    requirePermission(principal, 'credentials:read');
    return this.tokens.describe(principal, id);
  }

  @Rpc(refreshToken)
  refresh({ id }: RequestOf<typeof refreshToken>, call: UserCall) {
    requirePermission(call.principal, 'credentials:write');
    return this.tokens.refresh(call, id);
  }

  private answer(call: UserCall, question: Question, rejected?: number) {
    return this.tokens.issueHeld(call, question, rejected) ?? this.tokens.issue(call, question, rejected);
  }
}

/** A connector acts for somebody who may use its platform: `spotify:read` lets it read there, and does not show the token. */
function requirePlatform({ permissions }: Principal, platform: PlatformId): void {
  const isAllowed = permissions.some((name) => name.startsWith(`${platform}:`) || name === 'credentials:token');
  if (isAllowed) return;
  throw new AppError('INSUFFICIENT_PERMISSIONS', { details: `This needs a permission for ${platform}` });
}
