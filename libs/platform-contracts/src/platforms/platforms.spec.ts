import * as fc from 'fast-check';
import { z } from 'zod';

import {
  companions,
  definePlatform,
  exampleFields,
  formFields,
  importedTokens,
  oauth2,
  placeholders,
  platformIds,
  platforms,
  publicFields,
  secretFields,
  warnings,
  type PlatformDefinition,
} from '.';
import { optional, redirectUri, secret, text } from './fields';

const madeUp = definePlatform({
  id: 'made_up',
  displayName: 'Made Up',
  kind: 'streaming',
  link: 'https://made-up.example',
  developerUrl: 'https://made-up.example/developers',
  hosts: { accounts: 'https://accounts.made-up.example', api: 'https://api.made-up.example' },
  auth: oauth2({
    authorize: { host: 'accounts', path: '/authorize' },
    token: { host: 'accounts', path: '/token' },
    scopes: { known: ['read'], default: ['read'] },
  }),
  credential: {
    client_id: optional(text({ label: 'Client ID' })),
    client_secret: optional(secret({ label: 'Client secret' })),
    tenant: text({ label: 'Tenant' }),
    redirect_uri: optional(redirectUri()),
  },
  together: [['client_id', 'client_secret']],
  probes: [
    {
      name: 'user',
      proves: 'The grant',
      needs: ['access_token'],
      request: { host: 'api', path: '/{tenant}/me', headers: { Authorization: 'Bearer {access_token}' } },
    },
  ],
  codeAt: ['code'],
  failures: [{ codes: ['closed'], reason: 'account_problem' }],
});

const all: PlatformDefinition[] = [...Object.values(platforms), madeUp];
const tokens = ['access_token', 'app_token', 'developer_token'];

/** As the API reports them: every field with what is wrong, unknown ones too. */
function problems(platform: PlatformDefinition, fields: unknown): string[] {
  const result = platform.fieldsSchema.safeParse(fields);
  return (result.error?.issues ?? []).flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys : [issue.path.join('.')],
  );
}

describe('the registry', () => {
  it('has the seven platforms, each under its own id', () => {
    const seven = ['acrcloud', 'amazon_music', 'apple_music', 'deezer', 'spotify', 'tidal', 'youtube_music'];
    expect(platformIds).toEqual(expect.arrayContaining(seven));
    for (const id of platformIds) expect(platforms[id].id).toBe(id);
  });

  it('does not compile with an unknown id, or an export whose name is not the id', () => {
    // @ts-expect-error TS7053: there is no such platform.
    expect(platforms['made_up']).toBeUndefined();
    // @ts-expect-error TS2353: the id is made_up.
    const wrong: { readonly [Id in (typeof madeUp)['id']]: PlatformDefinition<Id> } = { madeUp };
    expect(wrong).toBeDefined();
  });
});

describe.each(all.map((platform) => [platform.id, platform] as const))('%s', (id, platform) => {
  const shape = Object.keys(platform.fieldsSchema.shape);

  it('has an id, names of hosts and fields that can stand in paths, subjects and JSON', () => {
    for (const name of [id, ...Object.keys(platform.hosts), ...Object.keys(platform.hostFields ?? {}), ...shape]) {
      expect(name).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
    }
  });

  it('is reached over https only, at origins', () => {
    for (const origin of Object.values(platform.hosts)) expect(new URL(origin).origin).toBe(origin);
    for (const url of [platform.link, platform.developerUrl, ...Object.values(platform.hosts)]) {
      expect(new URL(url).protocol).toBe('https:');
    }
  });

  it('accepts its own example, without warnings about scopes', () => {
    const parsed = platform.fieldsSchema.parse(exampleFields(platform));
    expect(warnings(platform, parsed).map(({ path }) => path)).not.toContain('scopes');
  });

  it('refuses an unknown field by name, and beside it everything else that is wrong', () => {
    const [first = ''] = shape;
    expect(problems(platform, { ...exampleFields(platform), no_such_field: 'x' })).toEqual(['no_such_field']);
    const both = problems(platform, { ...exampleFields(platform), [first]: {}, no_such_field: 'x' });
    expect(both).toEqual(expect.arrayContaining(['no_such_field', first]));
  });

  it('answers with problems, and never throws, whatever is sent', () => {
    const fields = fc.dictionary(fc.constantFrom(...shape, 'no_such_field'), fc.anything());
    fc.assert(fc.property(fc.oneof(fc.anything(), fields), (sent) => void problems(platform, sent)));
  });

  it('refuses fields without a required one by its name, saying so', () => {
    const companionsOfAll = new Set(shape.flatMap((name) => companions(platform, name)));
    const needed = formFields(platform).filter(({ name, required }) => required || companionsOfAll.has(name));
    for (const { name } of needed) {
      const { [name]: _, ...rest } = exampleFields(platform);
      const issues = platform.fieldsSchema.safeParse(rest).error?.issues ?? [];
      expect(issues.map((issue) => issue.path.join('.'))).toEqual([name]);
      expect(issues[0]?.message).toMatch(/^is required/);
    }
  });

  it('refuses an empty value and a value of a wrong type by name', () => {
    for (const { name, kind } of formFields(platform)) {
      expect(problems(platform, { ...exampleFields(platform), [name]: false })).toContain(name);
      if (kind !== 'list') expect(problems(platform, { ...exampleFields(platform), [name]: '  ' })).toContain(name);
    }
  });

  it('knows of every field whether it is secret, and how a form shows it', () => {
    expect([...secretFields(platform), ...publicFields(platform)].sort()).toEqual([...shape].sort());
    expect(secretFields(platform).length).toBeGreaterThan(0);
    for (const name of shape) {
      if (/secret|token$|private|api_key/.test(name)) expect(secretFields(platform)).toContain(name);
    }
    expect(formFields(platform).map((field) => field.name)).toEqual(shape);
    for (const field of formFields(platform)) expect(field.label).not.toBe('');
  });

  it('makes the same JSON schema for what is sent and what is kept, with secrets write-only', () => {
    const schema = z.toJSONSchema(platform.fieldsSchema, { io: 'input' });
    expect(schema.additionalProperties).toBe(false);
    expect(Object.keys(schema.properties ?? {})).toEqual(shape);
    for (const [name, kept] of Object.entries(z.toJSONSchema(platform.fieldsSchema).properties ?? {})) {
      expect(kept).toMatchObject(schema.properties?.[name] as object);
    }
    for (const name of secretFields(platform)) expect(schema.properties?.[name]).toHaveProperty('writeOnly', true);
  });

  it('warns without telling a value', () => {
    const canary = 'canary0value';
    const fields = Object.fromEntries(secretFields(platform).map((name) => [name, canary]));
    expect(JSON.stringify(warnings(platform, fields))).not.toContain(canary);
  });

  it('checks with probes that ask known hosts with known values', () => {
    const hosts = [...Object.keys(platform.hosts), ...Object.keys(platform.hostFields ?? {})];
    const names = platform.probes.map((probe) => probe.name);
    expect(new Set(names).size).toBe(names.length);
    for (const { request, needs, after, expects = [] } of platform.probes) {
      const compared = expects.flatMap((expectation) => ('field' in expectation ? expectation.field : []));
      expect([...shape, ...tokens]).toEqual(expect.arrayContaining([...needs, ...compared]));
      if (after) expect(names).toContain(after);
      if (!('host' in request)) continue;
      expect(hosts).toContain(request.host);
      expect(request.path).toMatch(/^\//);
      expect([...shape, ...tokens]).toEqual(expect.arrayContaining(placeholders(request)));
    }
  });

  it('names only fields and parts it has', () => {
    const { together = [], hostFields = {}, clock, failures, probes } = platform;
    const fields = [...together.flat(), ...Object.values(hostFields), ...(clock ? [clock.since] : [])];
    expect([...shape, 'consent']).toEqual(expect.arrayContaining(fields));
    const parts = ['token', ...probes.map((probe) => probe.name)];
    expect(parts).toEqual(expect.arrayContaining(failures.flatMap(({ part }) => part ?? [])));
  });
});

describe.each(
  all.flatMap((platform) => (platform.auth.type === 'oauth2' ? [[platform.id, platform, platform.auth] as const] : [])),
)('OAuth of %s', (_, platform, auth) => {
  const shape = Object.keys(platform.fieldsSchema.shape);

  it('has its endpoints at known hosts', () => {
    for (const { host, path } of [auth.authorize, auth.token, auth.revoke ?? auth.token]) {
      expect(Object.keys(platform.hosts)).toContain(host);
      expect(path).toMatch(/^\//);
    }
  });

  it('asks for scopes it knows, and takes unknown ones with a warning', () => {
    expect(auth.scopes.known).toEqual(expect.arrayContaining([...auth.scopes.default]));
    if (!shape.includes(auth.scopesField)) return;
    const fields = { ...exampleFields(platform), [auth.scopesField]: 'no.such.scope' };
    expect(warnings(platform, platform.fieldsSchema.parse(fields))).toContainEqual({
      path: auth.scopesField,
      problem: expect.stringContaining('no.such.scope'),
    });
  });

  it('takes the tokens of an authorisation that was given elsewhere', () => {
    expect(shape).toEqual(expect.arrayContaining(Object.keys(importedTokens)));
    const imported = { access_token: 'a', refresh_token: 'r', token_expiry: '2026-11-20T10:15:00.000Z' };
    expect(platform.fieldsSchema.parse({ ...exampleFields(platform), ...imported })).toMatchObject(imported);
    expect(problems(platform, { ...exampleFields(platform), token_expiry: 'tomorrow' })).toEqual(['token_expiry']);
  });

  it('takes a credential without its own client, for the shared one, and no secret without its client', () => {
    const { id, secret } = auth.client;
    const { [id]: _id, [secret]: _secret, ...rest } = exampleFields(platform);
    expect(problems(platform, rest)).toEqual([]);
    expect(problems(platform, { ...rest, [secret]: '1234' })).toEqual([id]);
  });

  it('takes a client without a secret just where the platform serves public clients', () => {
    const { id, secret } = auth.client;
    const { [secret]: _, ...rest } = exampleFields(platform);
    expect(problems(platform, { ...rest, [id]: '1234' })).toEqual(auth.publicClients ? [] : [secret]);
    expect(companions(platform, id)).toEqual(auth.publicClients ? [] : [secret]);
    if (auth.publicClients) expect(auth.pkce).toBe('S256');
  });
});
