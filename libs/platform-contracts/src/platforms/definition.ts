import { z } from 'zod';

import { importedTokens } from './imported-tokens';
import type { FailureRule, Probe, ProbeRequest } from './probe';

/** The fields of a credential, made with the helpers of `fields.ts`. */
export type FieldShape = Readonly<Record<string, z.ZodType>>;

/** A place at a platform: a host by its name, and a path there. */
export interface Endpoint {
  readonly host: string;
  readonly path: string;
}

/** How the user's authorisation is asked for, exchanged and renewed. */
export interface OAuthClient {
  readonly type: 'oauth2';
  readonly grants: readonly ('authorization_code' | 'refresh_token' | 'client_credentials')[];
  readonly authorize: Endpoint;
  readonly token: Endpoint;
  readonly revoke?: Endpoint;
  /** What `iss` in the callback must be, where the platform sends it; the authorize host's origin otherwise. */
  readonly issuer?: string;
  readonly pkce: 'S256' | 'none';
  /** A client that has no secret, as an app on a phone, may authorise users too; PKCE is its proof. */
  readonly publicClients?: true;
  /** How the client proves itself at the token endpoint. `query` is Deezer's: the secret stands in the URL. */
  readonly clientAuth: 'basic' | 'body' | 'query';
  readonly scopes: {
    readonly known: readonly string[];
    readonly default: readonly string[];
    readonly separator: ' ' | ',';
  };
  /** Sent with every authorisation request. */
  readonly authorizeParams?: Readonly<Record<string, string>>;
  /** Sent too when the user shall see the consent page again. */
  readonly consentParams?: Readonly<Record<string, string>>;
  /** The member of a token answer that says how many seconds the refresh token lives. */
  readonly refreshExpiresIn?: string;
  /** Where the platform says whose account it is, to be asked with the user's `access_token`; the first path with a text counts. */
  readonly account?: { readonly request: ProbeRequest; readonly nameAt: readonly string[] };
  /** `deezer`: own parameter names, `expires` (0: never), no token_type, denial as `error_reason`, text instead of JSON. */
  readonly dialect: 'oauth2' | 'deezer';
  /** The credential's fields that are the client. Left out together, an administrator's shared client is used. */
  readonly client: { readonly id: string; readonly secret: string };
  readonly scopesField: string;
}

/** A token the vault signs itself, from fields of the credential. */
export interface DeveloperToken {
  readonly type: 'developer_token';
  readonly algorithm: 'ES256';
  readonly issuer: string;
  readonly keyId: string;
  readonly privateKey: string;
  readonly lifetimeSecondsMax: number;
}

/** Keys that are sent as they are, or that the vault signs requests with. */
export interface PlainKeys {
  readonly type: 'keys';
  readonly signature?: RequestSignature;
}

/** Requests to one address of the platform that are signed with a secret of the credential. */
export interface RequestSignature extends Endpoint {
  /** HMAC-SHA1 over method, path, key, type of the data, version of the signature and time. */
  readonly scheme: 'acrcloud_identify';
  /** The fields of the credential that say which key it is, and its secret. */
  readonly key: string;
  readonly secret: string;
}

/** All ways a platform knows who asks. */
export type PlatformAuth = OAuthClient | DeveloperToken | PlainKeys;

interface PlatformFacts<Id extends string> {
  /** Snake case; also the name of the export, the word on the wire and in the database. */
  readonly id: Id;
  readonly displayName: string;
  readonly kind: 'streaming' | 'recognition';
  /** Where people use it. */
  readonly link: string;
  /** Where the credential's fields are found. */
  readonly developerUrl: string;
  /** What somebody should know before filling in the form. */
  readonly notice?: string;
  /** The platform's origins by name. In test mode each is `<sandbox>/<id>/<name>`. */
  readonly hosts: Readonly<Record<string, string>>;
  /** Hosts that the credential names itself, and the field in which. */
  readonly hostFields?: Readonly<Record<string, string>>;
  /** The user must authorise again that long after the consent, or after the named field was set, whatever one does. */
  readonly clock?: { readonly since: string; readonly months: number; readonly why: string };
  /** Fields that come all together or not at all. */
  readonly together?: readonly (readonly string[])[];
  /** Fields that mean nothing without others. */
  readonly requires?: Readonly<Record<string, readonly string[]>>;
  /** At least one of the groups of `together` must be there. */
  readonly needsOneGroup?: boolean;
  readonly probes: readonly Probe[];
  /** Daily checks of all its credentials together, far below what it allows; 30 if it promises nothing. */
  readonly checksPerMinute?: number;
  /** Where an answer's body holds the platform's own codes: dotted paths, into every element of a list. */
  readonly codeAt: readonly string[];
  /** A 2xx answer that has something at this path (not 0, not empty) is a failure all the same. */
  readonly failureIn2xxAt?: string;
  readonly failures: readonly FailureRule[];
}

type TokensOf<Auth> = Auth extends OAuthClient ? typeof importedTokens : unknown;

/** All there is to know about a platform: form, schema, OAuth client, checks and their failures are made from this alone. */
export interface PlatformDefinition<
  Id extends string = string,
  Shape extends FieldShape = FieldShape,
> extends PlatformFacts<Id> {
  readonly auth: PlatformAuth;
  /** Strict: refuses unknown fields, and names each field that is missing or wrong with what is expected. */
  readonly fieldsSchema: z.ZodObject<Shape, z.core.$strict>;
}

/** Declares a platform. With OAuth its credential also takes the tokens of an existing authorisation. */
export function definePlatform<const Id extends string, Shape extends FieldShape, Auth extends PlatformAuth>(
  platform: PlatformFacts<Id> & { readonly auth: Auth; readonly credential: Shape },
): PlatformDefinition<Id, Shape & TokensOf<Auth>> {
  const { credential, ...facts } = platform;
  const shape = { ...credential, ...(facts.auth.type === 'oauth2' && importedTokens) };
  return { ...facts, fieldsSchema: fieldsSchema(facts, shape) as never };
}

/** The usual OAuth 2.0 client; a platform says where it differs. */
export function oauth2(
  client: Pick<OAuthClient, 'authorize' | 'token'> & {
    scopes: Omit<OAuthClient['scopes'], 'separator'> & { separator?: OAuthClient['scopes']['separator'] };
  } & Partial<Omit<OAuthClient, 'type' | 'authorize' | 'token' | 'scopes'>>,
): OAuthClient {
  return {
    type: 'oauth2',
    grants: ['authorization_code', 'refresh_token'],
    pkce: 'S256',
    clientAuth: 'body',
    dialect: 'oauth2',
    client: { id: 'client_id', secret: 'client_secret' },
    scopesField: 'scopes',
    ...client,
    scopes: { separator: ' ', ...client.scopes },
  };
}

/** The real origin of a platform's host; of a host that the credential names, from its fields. */
export function originOf(
  platform: PlatformDefinition,
  host: string,
  fields: Readonly<Record<string, unknown>> = {},
): string {
  const named = platform.hostFields?.[host];
  const origin = named ? fields[named] : platform.hosts[host];
  if (typeof origin !== 'string') throw new Error(`${platform.id} has no host ${named ?? host}`);
  return origin.includes('://') ? origin : `https://${origin}`;
}

/** The fields that must be there too when this one is. */
export function companions(platform: Pick<PlatformFacts<string>, 'together' | 'requires'>, field: string): string[] {
  const group = (platform.together ?? []).filter((names) => names.includes(field)).flat();
  return [...new Set([...group, ...(platform.requires?.[field] ?? [])])].filter((name) => name !== field);
}

function fieldsSchema(facts: PlatformFacts<string>, shape: FieldShape) {
  const groups = facts.together ?? [];
  const known = Object.keys(shape).join(', ');
  let schema = z.strictObject(shape, {
    error: ({ code, keys }) =>
      code === 'unrecognized_keys'
        ? `${(keys as string[]).join(', ')}: unknown; ${facts.displayName} has ${known}`
        : 'must be an object with the fields of the credential',
  });
  const rule = (holds: (has: (name: string) => boolean) => boolean, field: string, message: string) => {
    const check = (value: unknown) => holds((name) => (value as Record<string, unknown> | null)?.[name] !== undefined);
    // `when`: also beside other problems, so that the caller hears of all of them at once.
    schema = schema.refine(check, { path: [field], message, when: () => true });
  };
  for (const field of Object.keys(shape)) {
    const others = Object.keys(shape).filter((other) => companions(facts, other).includes(field));
    if (others.length === 0) continue;
    rule((has) => has(field) || !others.some(has), field, `is required together with ${others.join(' and ')}`);
  }
  const first = groups[0]?.[0];
  if (facts.needsOneGroup && first) {
    const choices = groups.map((group) => group.join(' + ')).join(', or ');
    rule((has) => groups.flat().some(has), first, `is required: give ${choices}`);
  }
  return schema;
}
