import { explanation, type TokenInfo } from '@musicgen/platform-contracts';
import { definitionOf } from '../credentials/credential-fields';
import type { Credential } from '../credentials/credential.entity';
import { aheadOf, isRenewable } from './grant';
import type { Grant } from './grant.entity';

/** All there is to say about a token without saying it. */
export function tokenInfo(credential: Credential, grant: Grant | null, now: Date): TokenInfo {
  const reason = grant?.lastReason ?? null;
  return {
    credential_id: credential.id,
    platform: credential.platform,
    state: credential.state,
    access_token_present: grant?.accessToken != null,
    refresh_token_present: grant?.refreshToken != null,
    expires_at: iso(grant?.expiresAt),
    expired: grant?.expiresAt != null && grant.expiresAt <= now,
    scopes_granted: grant?.scopes ?? null,
    scopes_missing: missing(credential, grant?.scopes),
    consented_at: iso(grant?.consentedAt),
    last_refresh_at: iso(grant?.lastRefreshAt),
    next_refresh_at: iso(grant && nextRefreshAt(grant)),
    reauth_due_at: iso(grant?.reauthDueAt),
    failing_since: iso(grant?.failingSince),
    reason,
    remedy: reason && explanation(reason).remedy,
  };
}

function nextRefreshAt(grant: Grant): Date | null {
  if (grant.retiredAt || !isRenewable(grant)) return null;
  return grant.nextAttemptAt ?? (grant.expiresAt && new Date(grant.expiresAt.getTime() - aheadOf(grant)));
}

function missing({ platform, fields }: Credential, granted: string[] | null | undefined): string[] {
  const { auth } = definitionOf(platform);
  if (auth.type !== 'oauth2' || !granted) return [];
  const wanted = fields[auth.scopesField] ?? auth.scopes.default;
  return (wanted as string[]).filter((scope) => !granted.includes(scope));
}

const iso = (date: Date | null | undefined) => date?.toISOString() ?? null;
