import type { Call } from './http/call';
import type { Caller, SandboxPlatform } from './platform';
import type { World } from './state/world';

/** Who sends a request: the client that names itself, or that the token was given to. */
export async function callerOf(call: Call, platform: SandboxPlatform, world: World): Promise<Caller> {
  const own = await platform.whoCalls?.(call, world);
  if (own) return own;
  const form = call.form();
  const shown = [call.bearer(), call.query.get('access_token'), call.header('x-amz-access-token'), form.get('token')];
  const token = shown.map((text) => world.tokens.find(text ?? '')).find((row) => row?.platform === platform.id);
  if (token) return { client: token.clientId, user: token.userId };
  const grantor = world.tokens.find(form.get('refresh_token') ?? '') ?? world.codes.find(form.get('code') ?? '');
  const named = call.basic()?.id ?? form.get('client_id') ?? call.query.get('client_id') ?? call.query.get('app_id');
  return { client: named ?? grantor?.clientId ?? null, user: grantor?.userId ?? null };
}
