import type { Answer } from '../http/answer';
import type { Grant, Token } from '../state/rows';
import type { World } from '../state/world';
import type { ProvenClient } from './client-proof';
import { issueAccess, issueRefresh } from './issue';
import type { TokenRules } from './token-rules';
import { tokenSettings, type TokenSettings } from './token-settings';

/** RFC 6749 section 6, with every way in which platforms rotate. */
export function refresh(form: URLSearchParams, proven: ProvenClient, world: World, rules: TokenRules): Answer {
  const value = form.get('refresh_token');
  if (!value) return rules.problem('missing_parameter', 'refresh_token');
  const { client } = proven;
  const token = world.tokens.find(value);
  if (!token || token.kind !== 'refresh' || token.platform !== client.platform || token.clientId !== client.clientId) {
    return rules.problem('unknown_refresh_token');
  }
  if (proven.isPublic && !token.isPublic) return rules.problem('wrong_secret');
  const settings = tokenSettings.parse(client.settings);
  const grant = world.grants.find(`${client.id}/${token.userId}`);
  if (!grant || grant.revokedAt !== null || isDead(token, settings, world, rules)) {
    if (grant && token.replacedAt !== null && settings.reuse === 'revoke_grant') world.revokeGrant(grant);
    return rules.problem('dead_refresh_token');
  }
  return renew(token, grant, proven, world, rules);
}

function renew(
  token: Token,
  grant: Grant,
  { client, isPublic }: ProvenClient,
  world: World,
  rules: TokenRules,
): Answer {
  const settings = tokenSettings.parse(client.settings);
  const now = world.clock.now();
  const refreshes = grant.refreshes + 1;
  world.grants.update(grant.id, { refreshes });
  world.tokens.update(token.id, { lastUsedAt: now });
  const facts = { client, userId: token.userId, scopes: token.scopes, isPublic };
  const access = issueAccess('access', facts, world, rules);
  const rotates = settings.rotation === 'always' || (settings.rotation === 'sometimes' && refreshes % 2 === 0);
  const next = rotates ? issueRefresh(facts, grant, world, rules) : undefined;
  if (next) world.tokens.update(token.id, { replacedAt: token.replacedAt ?? now });
  return rules.answer(
    {
      access,
      refresh: settings.rotation === 'empty' ? '' : next?.id,
      refreshExpiresAt: next?.expiresAt ?? token.expiresAt,
      expiresInSeconds: settings.accessTokenSeconds,
      grantType: 'refresh_token',
      client,
    },
    world,
  );
}

function isDead(token: Token, settings: TokenSettings, world: World, rules: TokenRules): boolean {
  if (!world.isLive(token) || rules.isDead?.(token, world)) return true;
  if (token.replacedAt === null) return false;
  const isInGrace = world.clock.now() < token.replacedAt + settings.graceSeconds * 1000;
  return settings.oldToken === 'dies' || !isInGrace;
}
