import { timingSafeEqual } from 'node:crypto';
import type { Answer } from '../http/answer';
import type { Call } from '../http/call';
import type { Client } from '../state/rows';
import type { World } from '../state/world';
import type { TokenRules } from './token-rules';

/** A client that is known; `isPublic`: it showed no secret. */
export interface ProvenClient {
  readonly client: Client;
  readonly isPublic: boolean;
}

/** RFC 6749 section 2.3: the secret in a header or in the body. */
export function proveClient(call: Call, world: World, rules: TokenRules): ProvenClient | Answer {
  const form = call.form();
  const basic = call.basic();
  const id = basic?.id ?? form.get('client_id');
  const secret = basic?.secret ?? form.get('client_secret');
  if (!id) return rules.problem('no_client');
  const client = world.client(rules.platform, id);
  if (!client) return rules.problem('unknown_client');
  if (client.isDisabled) return rules.problem('disabled_client');
  if (secret === null) {
    return rules.allowsPublicClients ? { client, isPublic: true } : rules.problem('missing_parameter', 'client_secret');
  }
  return isSecretOf(client, secret) ? { client, isPublic: false } : rules.problem('wrong_secret');
}

/** Compares in a time that does not tell how far it came. */
export function isSecretOf(client: Client, secret: string): boolean {
  const [a, b] = [Buffer.from(secret), Buffer.from(client.clientSecret ?? '')];
  return client.clientSecret !== null && a.length === b.length && timingSafeEqual(a, b);
}
