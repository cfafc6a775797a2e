import { html, escapeHtml, redirect, type Answer } from '../http/answer';
import type { Call } from '../http/call';
import { get, post, type Route } from '../http/route';
import type { Client, Grant, User } from '../state/rows';
import type { World } from '../state/world';
import { consentPage } from './consent-page';
import { tokenSettings } from './token-settings';

/** Why there is no consent page: shown to the user, or told to the app by way of its redirect URI. */
export type Refusal =
  | { readonly page: string; readonly detail?: string; readonly status?: number }
  | { readonly error: string; readonly description?: string };

/** What is asked for. */
export interface AuthorizeRequest {
  readonly params: URLSearchParams;
  readonly client: Client;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
}

/** How a platform asks its users. */
export interface AuthorizeRules {
  readonly platform: string;
  readonly brand: string;
  /** What client and scopes are called in the request; the first that is there counts. */
  readonly clientParams: readonly string[];
  readonly scopeParams: readonly string[];
  readonly separator: RegExp;
  /** Users may leave out some of what is asked for. */
  readonly isGranular?: true;
  /** Says what is wrong before anybody is asked. Without a client there is always something wrong. */
  readonly check: (params: URLSearchParams, client: Client | undefined, world: World) => Refusal | undefined;
  readonly checkUser?: (request: AuthorizeRequest, user: User) => Refusal | undefined;
  /** What the app is told when the user refuses. */
  readonly denied: Readonly<Record<string, string>>;
  /** What the app is told besides code and state. */
  readonly extras?: (request: AuthorizeRequest, scopes: readonly string[]) => Record<string, string>;
  /** Whether somebody who has consented before is asked again. */
  readonly asksAgain: (params: URLSearchParams) => boolean;
  /** Whether what was granted before stays granted. */
  readonly addsScopes?: (params: URLSearchParams) => boolean;
  readonly makeCode: () => string;
}

const cookieName = 'sandbox_account';

/** The page and what its buttons do. Both check the whole request: nothing is remembered between them. */
export function authorizeRoutes(path: string, rules: AuthorizeRules): Route[] {
  return [
    get(path, (call, world) => show(call, world, rules)),
    post(path, (call, world) => decide(call, world, rules)),
  ];
}

function show(call: Call, world: World, rules: AuthorizeRules): Answer {
  const request = read(call, world, rules);
  if ('status' in request) return request;
  const user = world.users.find(call.cookie(cookieName) ?? '');
  const grant = user && world.grants.find(grantId(request, user));
  const isKnown = grant?.revokedAt === null && request.scopes.every((scope) => grant.scopes.includes(scope));
  if (user && isKnown && !rules.asksAgain(request.params)) return approve(request, user, request.scopes, world, rules);
  return html(200, `${rules.brand}: ${request.client.name}`, consentPage(request, rules, world.users.list()));
}

function decide(call: Call, world: World, rules: AuthorizeRules): Answer {
  const request = read(call, world, rules);
  if ('status' in request) return request;
  const form = call.form();
  if (form.get('decision') !== 'approve') return back(request, rules.denied);
  const user = world.users.find(form.get('user') ?? '');
  if (!user) return refuse({ page: 'There is no such account' }, request.redirectUri, request.params);
  const refusal = rules.checkUser?.(request, user);
  if (refusal) return refuse(refusal, request.redirectUri, request.params);
  const ticked = form.getAll('scope');
  const scopes = rules.isGranular ? request.scopes.filter((scope) => ticked.includes(scope)) : request.scopes;
  return approve(request, user, scopes, world, rules);
}

function read(call: Call, world: World, rules: AuthorizeRules): AuthorizeRequest | Answer {
  const params = call.query;
  const client = world.client(rules.platform, firstOf(params, rules.clientParams));
  const redirectUri = params.get('redirect_uri') ?? '';
  const refusal = rules.check(params, client, world);
  if (refusal || !client) return refuse(refusal ?? { page: 'invalid_client' }, redirectUri, params);
  const scopes = (firstOf(params, rules.scopeParams) ?? '').split(rules.separator).filter(Boolean);
  return { params, client, redirectUri, scopes: [...new Set(scopes)] };
}

function refuse(refusal: Refusal, redirectUri: string, params: URLSearchParams): Answer {
  if ('page' in refusal) {
    const detail = refusal.detail ? `<p>${escapeHtml(refusal.detail)}</p>` : '';
    return html(refusal.status ?? 400, refusal.page, detail);
  }
  const { error, description } = refusal;
  return sendBack(redirectUri, params, { error, ...(description && { error_description: description }) });
}

function approve(
  request: AuthorizeRequest,
  user: User,
  ticked: readonly string[],
  world: World,
  rules: AuthorizeRules,
): Answer {
  const { client, params, redirectUri } = request;
  const now = world.clock.now();
  const before = world.grants.find(grantId(request, user));
  const old = before?.revokedAt === null ? before : undefined;
  const scopes = rules.addsScopes?.(params) && old ? [...new Set([...old.scopes, ...ticked])] : ticked;
  const grant: Grant = {
    id: grantId(request, user),
    platform: rules.platform,
    clientId: client.clientId,
    userId: user.id,
    scopes,
    consentedAt: now,
    revokedAt: null,
    refreshes: 0,
  };
  world.grants.put(grant);
  const code = rules.makeCode();
  world.codes.put({
    id: code,
    platform: rules.platform,
    clientId: client.clientId,
    userId: user.id,
    redirectUri,
    scopes,
    challenge: params.get('code_challenge'),
    challengeMethod: params.get('code_challenge') ? (params.get('code_challenge_method') ?? 'plain') : null,
    expiresAt: now + tokenSettings.parse(client.settings).codeSeconds * 1000,
    usedAt: null,
    params: { ...Object.fromEntries(params), ...(old && { consented_before: 'true' }) },
  });
  const cookie = `${cookieName}=${user.id}; Path=/${rules.platform}; HttpOnly; SameSite=Lax`;
  return back(request, { code, ...rules.extras?.(request, scopes) }, { 'set-cookie': cookie });
}

const firstOf = (params: URLSearchParams, names: readonly string[]) =>
  names.map((name) => params.get(name)).find((value) => value !== null);

const grantId = ({ client }: AuthorizeRequest, user: User) => `${client.id}/${user.id}`;

const back = (request: AuthorizeRequest, values: Readonly<Record<string, string>>, headers = {}) =>
  sendBack(request.redirectUri, request.params, values, headers);

function sendBack(
  redirectUri: string,
  params: URLSearchParams,
  values: Readonly<Record<string, string>>,
  headers = {},
) {
  const url = new URL(redirectUri);
  for (const [name, value] of Object.entries(values)) url.searchParams.set(name, value);
  const state = params.get('state');
  if (state !== null) url.searchParams.set('state', state);
  return redirect(url.href, headers);
}
