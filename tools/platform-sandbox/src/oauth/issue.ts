import type { Client, Grant, Token } from '../state/rows';
import type { World } from '../state/world';
import type { TokenRules } from './token-rules';
import { tokenSettings } from './token-settings';

/** Who a token is for. */
export interface TokenFacts {
  readonly client: Client;
  readonly userId: string | null;
  readonly scopes: readonly string[];
  readonly isPublic: boolean;
}

type Rules = Pick<TokenRules, 'platform' | 'makeToken' | 'accessSeconds' | 'refreshExpiresAt' | 'onRefreshToken'>;

/** Gives out an access token. */
export function issueAccess(kind: 'access' | 'app', facts: TokenFacts, world: World, rules: Rules): Token {
  const usual = () => tokenSettings.parse(facts.client.settings).accessTokenSeconds;
  const seconds = rules.accessSeconds ? rules.accessSeconds(facts.client, facts.scopes) : usual();
  const expiresAt = seconds === null ? null : world.clock.now() + seconds * 1000;
  return issue(kind, facts, expiresAt, world, rules);
}

/** Gives out a refresh token of a user's grant. */
export function issueRefresh(facts: TokenFacts, grant: Grant, world: World, rules: Rules): Token {
  const token = issue('refresh', facts, rules.refreshExpiresAt?.(grant, facts.client) ?? null, world, rules);
  rules.onRefreshToken?.(token, world);
  return token;
}

function issue(kind: Token['kind'], facts: TokenFacts, expiresAt: number | null, world: World, rules: Rules): Token {
  const now = world.clock.now();
  const { client, userId, scopes, isPublic } = facts;
  return world.tokens.put({
    id: rules.makeToken(kind, { client, userId, now }),
    platform: rules.platform,
    kind,
    clientId: client.clientId,
    userId,
    scopes,
    issuedAt: now,
    lastUsedAt: now,
    expiresAt,
    revokedAt: null,
    replacedAt: null,
    isPublic,
  });
}
