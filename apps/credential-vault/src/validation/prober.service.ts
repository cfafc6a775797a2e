import { AppError } from '@musicgen/error-codes';
import {
  explainAnswer,
  explanation,
  fillRequest,
  REASONS,
  reasons,
  secretFields,
  type Explanation,
  type Mode,
  type PlatformDefinition,
  type Probe,
  type Reason,
} from '@musicgen/platform-contracts';
import { Upstream, type UpstreamAnswer } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { Clock } from '../clock';
import type { PlatformClient } from '../oauth/oauth-client';
import { OAuthClients } from '../oauth/oauth-clients';
import { PlatformRefused, retryAfterSeconds } from '../oauth/platform-refused';
import { DeveloperTokens, signsTokens } from '../signing/developer-tokens';
import { signRequest } from '../signing/request-signature';
import { secondOfSilence } from './silence';
import { isValid, type CheckedPart } from './verdict';

type Values = Readonly<Record<string, unknown>>;

/** Where a check gets the user's token from. */
export interface UserTokens {
  /** Undefined: nobody has authorised. */
  current(): Promise<string | undefined>;
  /** Another one than this, which the platform does not take any more; undefined if there can be none. Absent: nobody may try. */
  renewed?(refused: string): Promise<string | undefined>;
}

/** What is checked: fields with their secrets, and what stands behind them. */
export interface Subject {
  platform: PlatformDefinition;
  mode: Mode;
  fields: Values;
  /** Absent: there is none, or the platform has no OAuth. */
  client?: PlatformClient;
  tokens: UserTokens;
}

/** What came of asking; `token`: what was got, for the parts after it. */
interface Outcome extends Explanation {
  status?: number;
  retryAfterSeconds?: number;
  token?: string;
}

/** Tokens that a probe may need, which are no fields. */
const madeTokens = ['access_token', 'app_token', 'developer_token'];

/** Asks a platform about each part of a credential, as its definition says. Stores nothing, and spends no refresh token. */
@Injectable()
export class Prober {
  constructor(
    private readonly upstream: Upstream,
    private readonly clients: OAuthClients,
    private readonly developerTokens: DeveloperTokens,
    private readonly clock: Clock,
  ) {}

  /** In the order of the definition; parts wait only for those whose failures would hide theirs. */
  async check(subject: Subject, options: { deep: boolean; signal: AbortSignal }): Promise<CheckedPart[]> {
    return new Check(this, subject, options.signal).run(options.deep);
  }

  /** One probe's question; the answer is read by the platform's table of failures. */
  async ask(probe: Probe, subject: Subject, values: Values, signal: AbortSignal): Promise<Outcome> {
    const { platform, mode, fields, client } = subject;
    const { request } = probe;
    if ('grant' in request) return client ? this.askForAppToken(client, signal) : explanation('missing_field');
    const { host, path, init } = 'signed' in request ? this.signedRequest(subject) : plainRequest(request, values);
    const answer = await this.upstream.ask({ platform, host, mode, fields }, path, { ...init, signal });
    return outcomeOf(explainAnswer(platform, probe.name, answer, values), answer);
  }

  /** Undefined where the platform has none; throws CREDENTIAL_INVALID. */
  async developerToken({ platform, fields }: Subject): Promise<string | undefined> {
    return signsTokens(platform) ? (await this.developerTokens.of(platform, fields)).token : undefined;
  }

  private async askForAppToken(client: PlatformClient, signal: AbortSignal): Promise<Outcome> {
    try {
      const { accessToken } = await this.clients.clientCredentials(client, signal);
      return { ...explanation('ok'), status: 200, token: accessToken };
    } catch (error) {
      if (!(error instanceof PlatformRefused)) throw error;
      const { upstream_status: status, ...refusal } = error.refusal;
      // No user takes part in this: there is nobody who could authorise again.
      const isUsers = REASONS[refusal.reason].verdict === 'reauthorize';
      return { ...refusal, ...(isUsers && explanation('forbidden')), status };
    }
  }

  private signedRequest({ platform, fields }: Subject) {
    const signature = platform.auth.type === 'keys' ? platform.auth.signature : undefined;
    if (!signature) throw new Error(`${platform.id} has no signed requests`);
    const key = { id: String(fields[signature.key]), secret: String(fields[signature.secret]) };
    const body = new FormData();
    for (const [name, value] of Object.entries(signRequest(signature, key, 'audio', this.clock.now()))) {
      body.set(name, value);
    }
    body.set('sample_bytes', String(secondOfSilence.length));
    body.set('sample', new Blob([secondOfSilence], { type: 'audio/wav' }), 'sample.wav');
    return { host: signature.host, path: signature.path, init: { method: 'POST', body } };
  }
}

/** One run over all parts of one subject. */
class Check {
  private readonly outcomes = new Map<string, Promise<Outcome | undefined>>();
  private developerToken?: Promise<string | undefined>;
  private userToken?: Promise<string | undefined>;

  constructor(
    private readonly prober: Prober,
    private readonly subject: Subject,
    private readonly signal: AbortSignal,
  ) {}

  async run(deep: boolean): Promise<CheckedPart[]> {
    const probes = this.subject.platform.probes.filter((probe) => deep || !probe.deep || this.provesAlone(probe));
    for (const probe of probes) this.outcomes.set(probe.name, this.outcomeOf(probe, deep));
    const outcomes = await Promise.all(this.outcomes.values());
    return probes.flatMap((probe, index) => {
      const outcome = outcomes[index];
      return outcome ? [this.part(probe, outcome, deep)] : [];
    });
  }

  /** Undefined: the credential has no such part. */
  private async outcomeOf(probe: Probe, deep: boolean): Promise<Outcome | undefined> {
    const { platform, client, fields } = this.subject;
    const known: Values = { ...fields, ...clientFields(client) };
    if (probe.needs.some((name) => !madeTokens.includes(name) && known[name] === undefined)) return undefined;
    if (probe.deep && !deep) return leftOut(platform);
    const before = probe.after === undefined ? undefined : await this.outcomes.get(probe.after);
    if (probe.after !== undefined && !before) return undefined;
    if (before && before.reason !== 'ok') return notAsked(platform, probe);
    try {
      return await this.ask(probe, { ...known, ...(before?.token && { app_token: before.token }) });
    } catch (error) {
      return explained(error);
    }
  }

  private async ask(probe: Probe, known: Values): Promise<Outcome> {
    const values: Record<string, unknown> = { ...known };
    if (probe.needs.includes('developer_token')) {
      this.developerToken ??= this.prober.developerToken(this.subject);
      values.developer_token = await this.developerToken;
    }
    if (!probe.needs.includes('access_token')) return this.prober.ask(probe, this.subject, values, this.signal);
    this.userToken ??= this.subject.tokens.current();
    const token = await this.userToken;
    if (token === undefined) return explanation('unverifiable');
    const first = await this.prober.ask(probe, this.subject, { ...values, access_token: token }, this.signal);
    if (first.reason !== 'token_expired' || !this.subject.tokens.renewed) return first;
    this.userToken = this.subject.tokens.renewed(token);
    return this.askAgain(probe, values, await this.userToken, first);
  }

  /** A token that has ended is renewed once; if that does not help, it is the grant that has ended. */
  private async askAgain(probe: Probe, values: Values, token: string | undefined, first: Outcome): Promise<Outcome> {
    const second = token
      ? await this.prober.ask(probe, this.subject, { ...values, access_token: token }, this.signal)
      : first;
    return second.reason === 'token_expired' ? { ...second, ...explanation('token_revoked') } : second;
  }

  /** Whether no other part says anything about the fields that it needs: then nobody shall take them for proven. */
  private provesAlone({ name, needs }: Probe): boolean {
    const others = this.subject.platform.probes.filter((probe) => probe.name !== name).flatMap((probe) => probe.needs);
    return needs.every((field) => !others.includes(field));
  }

  private part(probe: Probe, outcome: Outcome, deep: boolean): CheckedPart {
    const { reason, message, remedy, status, retryAfterSeconds } = outcome;
    const { platform, fields } = this.subject;
    return {
      name: probe.name,
      valid: isValid(reason),
      reason,
      message,
      remedy,
      upstream_status: status ?? null,
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      isLeftOut: probe.deep === true && !deep,
      provesGrant: probe.needs.some((name) => name === 'access_token' || name === platform.clock?.since),
      // What needs nothing of the credential proves it only where there is no secret to be wrong.
      provesCredential: probe.needs.length > 0 || secretFields(platform).every((name) => fields[name] === undefined),
    };
  }
}

function plainRequest(request: Parameters<typeof fillRequest>[0], values: Values) {
  const { host, path, query, headers } = fillRequest(request, values);
  const search = new URLSearchParams(query).toString();
  return { host, path: search ? `${path}?${search}` : path, init: { headers } };
}

const outcomeOf = (explained: Explanation, { status, headers }: UpstreamAnswer): Outcome => ({
  ...explained,
  status,
  retryAfterSeconds: retryAfterSeconds(headers),
});

/** The client's fields, the shared one's too: a probe does not mind whose they are. */
const clientFields = (client: PlatformClient | undefined): Values => {
  if (!client) return {};
  const { id, secret } = client.platform.auth.client;
  return { [id]: client.id, ...(client.secret !== undefined && { [secret]: client.secret }) };
};

const leftOut = ({ displayName }: PlatformDefinition): Outcome => ({
  ...explanation('unverifiable', 'Validate with ?deep=true.'),
  message: `${displayName} was not asked, because this may count against the quota`,
});

const notAsked = (platform: PlatformDefinition, { after }: Probe): Outcome => ({
  ...explanation('unverifiable', `See the part "${after}" first.`),
  message: `${platform.displayName} was not asked, because the part "${after}" is not good`,
});

/** What other parts of the vault throw about a credential says its reason; anything else is no verdict. */
function explained(error: unknown): Outcome {
  if (error instanceof PlatformRefused) return { ...error.refusal, status: error.refusal.upstream_status };
  const data = error instanceof AppError ? (error.data as Partial<Record<string, unknown>> | undefined) : undefined;
  const reason = data?.reason as Reason | undefined;
  if (!data || !reason || !reasons.includes(reason)) throw error;
  const { code, retryAfterSeconds } = error as AppError;
  // A first refusal to renew: whether the grant has ended is found out by those who renew it.
  if (code === 'TOKEN_REFRESH_FAILED' && REASONS[reason].verdict === 'reauthorize') {
    return { ...explanation('token_expired'), retryAfterSeconds };
  }
  const remedy = typeof data.remedy === 'string' ? data.remedy : undefined;
  const status = typeof data.upstream_status === 'number' ? data.upstream_status : undefined;
  return { ...explanation(reason, remedy), status, retryAfterSeconds };
}
