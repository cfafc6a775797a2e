import type { ErrorCode } from '@musicgen/error-codes';
import type { z } from 'zod';
import type { PlatformId } from '../platforms';

/** The services' names on the wire: NATS user, queue group, Postgres schema and role. */
export const serviceNames = ['auth', 'vault', 'spotify', 'acrcloud', 'musicgen'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** The folder of each service below `apps`, and the name that people know it by. */
export const serviceApps: Readonly<Record<ServiceName, string>> = {
  auth: 'auth-gateway',
  vault: 'credential-vault',
  spotify: 'spotify-connector',
  acrcloud: 'acrcloud-connector',
  musicgen: 'musicgen-api',
};

/** A question that one service answers: subject, who may ask, what goes in and out, what can go wrong. */
export interface RpcContract<
  Req extends z.ZodType = z.ZodType,
  Res extends z.ZodType = z.ZodType,
  P extends PrincipalRule = PrincipalRule,
> {
  readonly subject: string;
  readonly owner: ServiceName;
  readonly callers: readonly ServiceName[];
  readonly request: Req;
  readonly response: Res;
  readonly errors: readonly ErrorCode[];
  readonly timeoutMs: number;
  readonly principal: P;
}

/** Whether a call must act for somebody. */
export type PrincipalRule = 'required' | 'none';

export type RequestOf<C extends RpcContract> = z.infer<C['request']>;
/** What a caller hands in: defaults may be left out. */
export type RequestInputOf<C extends RpcContract> = z.input<C['request']>;
export type ResponseOf<C extends RpcContract> = z.infer<C['response']>;

interface RpcDefinition<Req extends z.ZodType, Res extends z.ZodType, P extends PrincipalRule> {
  subject: string;
  callers: readonly ServiceName[];
  request: Req;
  response: Res;
  errors: readonly ErrorCode[];
  timeoutMs?: number;
  principal?: P;
}

const rpcSubject = /^(?<owner>[a-z]+)\.v[1-9]\d*\.[a-z_]+\.[a-z_]+$/;

/**
 * Declares a contract. The subject is `<owner>.v<major>.<noun>.<verb>`; requests are strict objects, responses tolerant
 * ones, so that a new optional field of an answer is no new version.
 */
export function defineRpc<Req extends z.ZodType, Res extends z.ZodType, const P extends PrincipalRule = 'required'>(
  definition: RpcDefinition<Req, Res, P>,
): RpcContract<Req, Res, P> {
  return {
    timeoutMs: 5_000,
    principal: 'required' as P,
    ...definition,
    owner: ownerOf(definition.subject, rpcSubject),
  };
}

/** One question asked per platform: each platform's contract has a subject of its own, so that NATS grants each apart. */
export interface PlatformRpc<
  Req extends z.ZodType = z.ZodType,
  Res extends z.ZodType = z.ZodType,
  P extends PrincipalRule = PrincipalRule,
> {
  readonly contracts: readonly RpcContract<Req, Res, P>[];
  /** The contract of one platform; throws for one that has none. */
  of(platform: string): RpcContract<Req, Res, P>;
  /** The platform that was asked for is the end of the subject, and nothing in the body. */
  platformOf(subject: string): PlatformId;
}

type PlatformRpcDefinition<Req extends z.ZodType, Res extends z.ZodType, P extends PrincipalRule> = Omit<
  RpcDefinition<Req, Res, P>,
  'callers'
> & { platforms: readonly PlatformId[]; callers: (platform: PlatformId) => readonly ServiceName[] };

/** Declares a contract that is granted per platform: `<owner>.v<major>.<noun>.<verb>.<platform>`. */
export function definePlatformRpc<
  Req extends z.ZodType,
  Res extends z.ZodType,
  const P extends PrincipalRule = 'required',
>({ platforms, callers, ...definition }: PlatformRpcDefinition<Req, Res, P>): PlatformRpc<Req, Res, P> {
  const byPlatform = new Map(
    platforms.map((platform) => {
      const contract = defineRpc<Req, Res, P>({ ...definition, callers: callers(platform) });
      return [platform as string, { ...contract, subject: `${definition.subject}.${platform}` }] as const;
    }),
  );
  return {
    contracts: [...byPlatform.values()],
    of(platform) {
      const contract = byPlatform.get(platform);
      if (!contract) throw new Error(`${definition.subject} is not asked for ${platform}`);
      return contract;
    },
    platformOf: (subject) => subject.slice(subject.lastIndexOf('.') + 1) as PlatformId,
  };
}

/** The service that speaks to a platform, if there is one: it goes by the platform's own name. */
export const connectorOf = (platform: string): ServiceName | undefined =>
  serviceNames.find((service) => service === platform);

/** The service that a subject belongs to; throws for a subject that does not fit the house's form. */
export function ownerOf(subject: string, form: RegExp): ServiceName {
  const owner = form.exec(subject)?.groups?.owner as ServiceName | undefined;
  if (!owner || !serviceNames.includes(owner)) throw new Error(`"${subject}" is no subject of a known service`);
  return owner;
}
