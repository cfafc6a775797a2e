import { routes, type RouteContract } from '@musicgen/platform-contracts';
import { z } from 'zod';
import { administrator } from './administrator';
import { expectError, refusedFields } from './client';
import { startGateway, type TestGateway } from './gateway';
import { requestOf } from './route-requests';

let gateway: TestGateway;
let token: string;
let adminToken: string;

beforeAll(async () => {
  gateway = await startGateway();
  ({ token } = await gateway.register());
  adminToken = (await administrator(gateway)).token;
});
afterAll(() => gateway?.stop());

const named = (list: readonly RouteContract[]) =>
  list.map((route) => [`${route.method} ${route.path}`, route] as const);
const withBody = named(routes.filter(({ body }) => body));
const unsafeWithoutBody = named(routes.filter(({ body, method }) => !body && method !== 'GET'));

/** Logout would end the session that all others use. */
const sessionOf = async (route: RouteContract) =>
  route.name === 'logout' ? (await gateway.register()).token : route.access === 'admin' ? adminToken : token;
const credentialOf = ({ access }: RouteContract) =>
  access === 'anonymous' ? {} : { token: access === 'admin' ? adminToken : token };

describe.each(withBody)('%s', (_, route) => {
  const { route: address, body: example } = requestOf(route);
  const ask = (asking: object) => gateway.ask(address, { ...credentialOf(route), ...asking });
  const body = example as Record<string, unknown>;

  it('names what is missing when there is no body', async () => {
    for (const asking of [{}, { raw: '' }, { body: {} }]) {
      const answer = await ask(asking);
      // What may be changed may also be left as it is: then the id is asked for.
      if (route.body!.safeParse({}).success) expect(answer.status).not.toBe(400);
      else expect(refusedFields(answer)).not.toContain('body');
    }
  });

  it.each([
    '{',
    '{"a":}',
    'text',
    '{"a":1}{"b":2}',
    '\u0000',
    '{"__proto__":{"x":1}}',
    '{"constructor":{"prototype":{}}}',
  ])('refuses %j as no JSON that it takes', async (raw) => {
    expect(refusedFields(await ask({ raw }))).toEqual(['body']);
  });

  it.each(['[]', '"text"', '7', 'true', 'null'])('refuses %s, which is no object', async (raw) => {
    expect(refusedFields(await ask({ raw }))).toEqual(['body']);
  });

  it('refuses a body that is larger than 256 KiB, however it comes', async () => {
    const large = JSON.stringify({ ...body, padding: 'x'.repeat(256 * 1024) });
    const answer = await ask({ raw: large });
    expectError(answer, 'PAYLOAD_TOO_LARGE', 'The body is larger than 256 KiB');
  });

  it('refuses a body that is nested without end', async () => {
    const [field] = Object.keys(body);
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const raw = `{"${field}":${open.repeat(20_000)}1${close.repeat(20_000)}}`;
      expect(refusedFields(await ask({ raw }))).toEqual(['body']);
    }
  });

  it.each([
    'text/plain',
    'application/xml',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    'json',
    '',
  ])('refuses a body of the type %j', async (type) => {
    const answer = await ask({
      raw: new TextEncoder().encode(JSON.stringify(body)),
      headers: { 'content-type': type },
    });
    expectError(answer, 'UNSUPPORTED_MEDIA_TYPE');
  });

  it('refuses a body that is compressed', async () => {
    const answer = await ask({ body, headers: { 'content-encoding': 'gzip' } });
    expectError(answer, 'UNSUPPORTED_MEDIA_TYPE');
  });

  it('takes a type with a charset, in any case', async () => {
    const headers = { 'content-type': 'Application/JSON; charset=utf-8' };
    expect((await ask({ body: { ...body, surprise: 1 }, headers })).status).toBe(400);
  });

  it('names the field that it does not know', async () => {
    expect(refusedFields(await ask({ body: { ...body, surprise: 1 } }))).toEqual(['surprise']);
    expect(refusedFields(await ask({ raw: JSON.stringify({ ...body, toString: 1 }) }))).toEqual(['toString']);
  });

  it('names each field whose type is wrong', async () => {
    for (const [field, wrong] of wrongTypes(route)) {
      const fields = refusedFields(await ask({ body: { ...body, [field]: wrong } }));
      expect(fields.map((path) => path.split('.')[0])).toContain(field);
    }
  });
});

describe.each(unsafeWithoutBody)('%s', (_, route) => {
  const { route: address } = requestOf(route);

  it.each(['application/json', 'text/plain', 'nonsense'])('takes no body of the type %j for none', async (type) => {
    const answer = await gateway.ask(address, {
      token: await sessionOf(route),
      raw: route.method === 'DELETE' ? undefined : '',
      headers: { 'content-type': type },
    });
    expect([204, 404, 503]).toContain(answer.status);
  });

  it('takes an empty object, and names a field that changes nothing', async () => {
    const session = await sessionOf(route);
    expect(refusedFields(await gateway.ask(address, { token: session, body: { force: true } }))).toEqual(['force']);
    expect([204, 404, 503]).toContain((await gateway.ask(address, { token: session, body: {} })).status);
  });
});

/** For each field of a body, a value of a type that it cannot have. */
function wrongTypes({ name, body }: RouteContract): [string, unknown][] {
  // A login is one of two forms, told apart by a field.
  if (name === 'login')
    return [
      ['email', 7],
      ['password', {}],
      ['mode', []],
      ['api_key', 7],
    ];
  const { shape } = (body instanceof z.ZodPrefault ? body.unwrap() : body) as z.ZodObject;
  return Object.entries(shape).map(([field, schema]) => {
    const wrong = [7, 'text', {}, true, [null]].find((value) => !(schema as z.ZodType).safeParse(value).success);
    expect({ field, wrong }).toEqual({ field, wrong: expect.anything() });
    return [field, wrong];
  });
}
