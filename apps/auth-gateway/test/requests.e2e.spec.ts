import { getModel, listApiKeysRoute, routes, type RouteContract } from '@musicgen/platform-contracts';
import { until } from '@musicgen/testing';
import net from 'node:net';
import { administrator } from './administrator';
import { clientOf, expectCommonHeaders, expectError, refusedFields, type Answer } from './client';
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

/** Of somebody who may use the route. */
const tokenFor = ({ access }: RouteContract) => (access === 'admin' ? adminToken : token);
const named = (list: readonly RouteContract[]) =>
  list.map((route) => [`${route.method} ${route.path}`, route] as const);

describe('what is not there', () => {
  it.each([
    'GET /',
    'GET /v1',
    'GET /v1/nothing',
    'GET /v1/user/profile/',
    'GET //v1/user/profile',
    'GET /V1/user/profile',
    'POST /v1/user/profile',
    'DELETE /v1/auth/login',
    'OPTIONS /v1/generate',
    'PATCH /v1/generate',
    'GET /v1/generate/%zz',
    'GET /%',
    'GET /v1/generate/%c0%ae',
    `GET /v1/models/${'x'.repeat(2000)}`,
    `GET /${'x'.repeat(10_000)}`,
    'GET /docs/assets/package.json',
    'GET /docs/assets/..%2fpackage.json',
  ])('%s is NOT_FOUND, with a token and without', async (route) => {
    for (const asking of [{}, { token }, { key: 'x' }]) expectError(await gateway.ask(route, asking), 'NOT_FOUND');
  });

  it('is not found with a body either, a wrong one included', async () => {
    for (const raw of ['{}', '{', 'x'.repeat(1000)])
      expectError(await gateway.ask('POST /v1/nothing', { raw }), 'NOT_FOUND');
  });

  it.each(named(routes.filter(({ params }) => params)))('%s knows no malformed id', async (_, route) => {
    const { body } = requestOf(route);
    for (const id of ['x', 'gen_', 'key_01KA3V5T9ZXJ8Q4N6M2R7W1YB', '%00', '..%2f', "'%20OR%201=1", 'x'.repeat(200)]) {
      const path = route.path.replace(/\{\w+\}/, id).replaceAll(/\{\w+\}/g, 'x');
      const answer = await gateway.ask(`${route.method} ${path}`, { token: tokenFor(route), body });
      // A model's id has no form: its service is asked, and it is not there.
      if (route.name === 'getModel' && id.length <= 60) expectError(answer, 'SERVICE_UNAVAILABLE');
      else expectError(answer, 'NOT_FOUND');
    }
  });
});

describe('a query', () => {
  const list = (query: string) => gateway.ask(`GET ${listApiKeysRoute.path}?${query}`, { token });

  it.each([
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=1.5', 'limit'],
    ['limit=x', 'limit'],
    ['limit=', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['cursor=%00', 'cursor'],
    ['cursor=a&cursor=b', 'cursor'],
    ['page=2', 'page'],
    ['__proto__=1', '__proto__'],
    ['toString=1', 'toString'],
  ])('%s is refused by name', async (query, field) => {
    expect(refusedFields(await list(query))).toEqual([`query.${field}`]);
  });

  it('may be empty or badly encoded without harm', async () => {
    for (const query of ['', '&&&', 'limit=%32']) expect((await list(query)).status).toBe(200);
    expect(refusedFields(await list('%zz=1'))).toHaveLength(1);
  });

  it.each(named(routes.filter(({ access }) => access !== 'anonymous')))(
    '%s names a parameter that it does not know',
    async (_, route) => {
      const { route: address, body } = requestOf(route);
      const answer = await gateway.ask(`${address}?surprise=1`, { token: tokenFor(route), body });
      expect(refusedFields(answer)).toEqual(['query.surprise']);
    },
  );
});

describe('the id of a request', () => {
  const idOf = async (given?: string) => {
    const headers: Record<string, string> = given === undefined ? {} : { 'x-request-id': given };
    return (await gateway.ask('GET /v1/nothing', { headers })).headers.get('x-request-id');
  };

  it.each(['12345678', 'a-request_ID-7', 'x'.repeat(64)])(
    'is the given one when it has the form of one: %s',
    async (id) => {
      expect(await idOf(id)).toBe(id);
    },
  );

  it.each([undefined, 'short', 'x'.repeat(65), 'with space', 'semi;colon', 'ümlaut12'])(
    'is a new one instead of %j',
    async (id) => {
      expect(await idOf(id)).toMatch(/^req_[0-9A-Z]{26}$/);
    },
  );

  it('is in the log line of the request, which holds neither its path nor its credentials', async () => {
    await gateway.ask('GET /v1/models/secret-model', { token, headers: { 'x-request-id': 'the-id-to-look-for' } });
    const lines = () => gateway.process.output().split('\n');
    const isLine = (text: string) => text.includes('the-id-to-look-for') && text.includes('"msg":"request"');
    const line = await until(() => lines().find(isLine), 'the line');
    expect(JSON.parse(line)).toMatchObject({
      route: '/v1/models/:id',
      method: 'GET',
      status: 503,
      user_id: expect.any(String),
    });
    expect(line).not.toContain('secret-model');
    expect(gateway.process.output()).not.toContain(token);
  });

  it('goes with the request to the service that answers it, and its trace too', async () => {
    const calls: object[] = [];
    const musicgen = await gateway.answerAs('musicgen', [getModel, (_, call) => void calls.push(call)]);
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await gateway.ask('GET /v1/models/x', { token, headers: { 'x-request-id': 'my-request-id', traceparent } });
    await musicgen.close();
    expect(calls).toMatchObject([
      { requestId: 'my-request-id', traceparent: expect.stringContaining(traceparent.slice(0, 35)) },
    ]);
  });
});

describe('what is hardly HTTP', () => {
  /** Sends bytes and reads until the connection is over: cut, maybe, where the server did not want all of them. */
  const send = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const { port, hostname } = new URL(gateway.url);
      const socket = net.connect(Number(port), hostname, () => socket.write(text));
      let received = '';
      let failure = new Error('there was no answer');
      socket.on('data', (data) => (received += data));
      socket.on('error', (error) => (failure = error));
      socket.on('close', () => (received ? resolve(received) : reject(failure)));
    }).then(parsed);
  const get = (headers: string, method = 'GET') =>
    `${method} /v1/models HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers}\r\n`;

  it('is answered in the format of errors when its headers or address are too long', async () => {
    expectError(await send(get(`X-Long: ${'x'.repeat(20_000)}\r\n`)), 'PAYLOAD_TOO_LARGE');
    expectError(await send(`GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`), 'PAYLOAD_TOO_LARGE');
  });

  it('is answered in the format of errors when nobody can read it', async () => {
    expect(refusedFields(await send('GET / HTTQ/1.1\r\n\r\n'))).toEqual(['request']);
    expect(refusedFields(await send(get('No colon\r\n')))).toEqual(['request']);
    expect(refusedFields(await send(get('Content-Length: 1\r\nTransfer-Encoding: chunked\r\n', 'POST')))).toEqual([
      'request',
    ]);
    expectError(await send(get('', 'FROB')), 'NOT_FOUND');
  });

  it('may be a body in pieces, an empty one too', async () => {
    const chunked = (body: string) =>
      `POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${body}`;
    expect(refusedFields(await send(chunked('0\r\n\r\n')))).toEqual(['email', 'password']);
    expect(refusedFields(await send(chunked('2\r\n{}\r\n0\r\n\r\n')))).toEqual(['email', 'password']);
    const large = `${(300 * 1024).toString(16)}\r\n${'x'.repeat(300 * 1024)}\r\n0\r\n\r\n`;
    expectError(await send(chunked(large)), 'PAYLOAD_TOO_LARGE');
  });

  it('leaves the gateway as it was', async () => {
    expect((await clientOf(gateway.url)('GET /v1/user/profile', { token })).status).toBe(200);
  });
});

/** The answer in bytes as an answer of the client, checked like all others. */
function parsed(text: string): Answer {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [line = '', ...fields] = head.split('\r\n');
  const headers = new Headers(fields.map((field) => field.split(/: (.*)/s).slice(0, 2) as [string, string]));
  const body = rest.join('\r\n\r\n');
  const answer = { status: Number(line.split(' ')[1]), headers, text: body, body: JSON.parse(body) };
  expectCommonHeaders(answer);
  return answer;
}
