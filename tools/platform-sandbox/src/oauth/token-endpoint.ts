import type { Answer } from '../http/answer';
import type { Call } from '../http/call';
import type { Client, Code } from '../state/rows';
import type { World } from '../state/world';
import { proveClient, type ProvenClient } from './client-proof';
import { issueAccess, issueRefresh } from './issue';
import { isVerifierOf } from './pkce';
import { refresh } from './refresh';
import type { TokenRules } from './token-rules';
import { tokenSettings } from './token-settings';

/** RFC 6749 sections 4.1.3, 4.4.2 and 6, as the platform has it. */
export function tokenEndpoint(call: Call, world: World, rules: TokenRules): Answer {
  const form = call.form();
  const proven = proveClient(call, world, rules);
  if ('status' in proven) return proven;
  const grantType = form.get('grant_type');
  if (grantType === null) return rules.problem('missing_parameter', 'grant_type');
  if (!rules.grantTypes.includes(grantType)) return rules.problem('unsupported_grant', grantType);
  const refusal = rules.check?.(form, proven.client);
  if (refusal) return refusal;
  switch (grantType) {
    case 'authorization_code':
      return exchangeCode(form, proven, world, rules);
    case 'refresh_token':
      return refresh(form, proven, world, rules);
    default:
      return appToken(proven, world, rules);
  }
}

function exchangeCode(form: URLSearchParams, proven: ProvenClient, world: World, rules: TokenRules): Answer {
  const missing = ['code', 'redirect_uri'].find((name) => !form.get(name));
  if (missing) return rules.problem('missing_parameter', missing);
  const code = world.codes.find(form.get('code') ?? '');
  const problem = codeProblem(code, form, proven, world);
  if (problem || !code) return rules.problem(problem ?? 'bad_code');
  world.codes.update(code.id, { usedAt: world.clock.now() });
  const grant = world.grants.find(`${proven.client.id}/${code.userId}`);
  if (!grant || grant.revokedAt !== null) return rules.problem('bad_code');
  const facts = { client: proven.client, userId: code.userId, scopes: code.scopes, isPublic: proven.isPublic };
  const access = issueAccess('access', facts, world, rules);
  const token = rules.givesRefreshToken(code, proven.isPublic) ? issueRefresh(facts, grant, world, rules) : undefined;
  return rules.answer(
    {
      access,
      refresh: token?.id,
      refreshExpiresAt: token?.expiresAt ?? null,
      expiresInSeconds: lifetimeSeconds(proven.client),
      grantType: 'authorization_code',
      client: proven.client,
    },
    world,
  );
}

function codeProblem(code: Code | undefined, form: URLSearchParams, { client, isPublic }: ProvenClient, world: World) {
  if (!code || code.clientId !== client.clientId || code.platform !== client.platform) return 'bad_code';
  if (code.usedAt !== null) return 'used_code';
  if (code.expiresAt <= world.clock.now()) return 'expired_code';
  if (form.get('redirect_uri') !== code.redirectUri) return 'wrong_redirect';
  const verifier = form.get('code_verifier');
  if (code.challenge === null) return isPublic ? 'wrong_secret' : undefined;
  if (!verifier) return 'missing_verifier';
  return isVerifierOf(code.challenge, code.challengeMethod, verifier) ? undefined : 'wrong_verifier';
}

function appToken({ client, isPublic }: ProvenClient, world: World, rules: TokenRules): Answer {
  if (isPublic) return rules.problem('wrong_secret');
  const access = issueAccess('app', { client, userId: null, scopes: [], isPublic }, world, rules);
  const expiresInSeconds = lifetimeSeconds(client);
  const none = { refresh: undefined, refreshExpiresAt: null };
  return rules.answer({ access, ...none, expiresInSeconds, grantType: 'client_credentials', client }, world);
}

const lifetimeSeconds = (client: Client) => tokenSettings.parse(client.settings).accessTokenSeconds;
