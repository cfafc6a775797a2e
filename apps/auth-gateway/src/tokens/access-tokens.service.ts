import { AppError } from '@musicgen/error-codes';
import type { Principal } from '@musicgen/platform-contracts';
import { CONFIG } from '@musicgen/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config';
import { signAccessToken, verifyAccessToken, type AccessTokenSettings } from './access-token';
import { SigningKeysService } from './signing-keys.service';
import { VerifiedTokens } from './verified-tokens';

/** Of a token that is genuine in all but time: its user is counted for the request. */
export class TokenExpired extends AppError<'TOKEN_EXPIRED'> {
  constructor(
    details: string,
    readonly sessionId: string,
  ) {
    super('TOKEN_EXPIRED', { details });
  }
}

/** Signs access tokens, and tells whose session one belongs to. A signature is checked once. */
@Injectable()
export class AccessTokensService {
  private readonly settings: AccessTokenSettings;
  private readonly verified = new VerifiedTokens();

  constructor(keys: SigningKeysService, @Inject(CONFIG) config: Config) {
    this.settings = {
      algorithm: config.jwtAlgorithm,
      issuer: config.publicUrl,
      audience: 'musicgen',
      keys: () => keys.current(),
    };
  }

  sign(sessionId: string, { user_id: sub, mode, tier, permissions }: Principal): Promise<string> {
    return signAccessToken(this.settings, { sub, sid: sessionId, mode, tier, permissions }, Date.now());
  }

  /** The id of the session of a token that was checked before. */
  knownSessionOf(token: string): string | undefined {
    return this.verified.find(token, Date.now())?.sid;
  }

  /** The id of the token's session. Throws INVALID_TOKEN or TOKEN_EXPIRED (`TokenExpired`). */
  async sessionOf(token: string): Promise<string> {
    const now = Date.now();
    const known = this.verified.find(token, now);
    if (known) return known.sid;
    const verdict = await verifyAccessToken(this.settings, token, now);
    if (verdict.kind === 'invalid') throw new AppError('INVALID_TOKEN', { details: verdict.reason });
    if (verdict.kind === 'expired') throw new TokenExpired(verdict.reason, verdict.claims.sid);
    this.verified.remember(token, verdict.claims);
    return verdict.claims.sid;
  }
}
