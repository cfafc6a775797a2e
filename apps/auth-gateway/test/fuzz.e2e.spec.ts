import { AppError } from '@musicgen/error-codes';
import {
  changePlatform,
  listPlatforms,
  routes,
  rpcContracts,
  type RouteContract,
  type RpcContract,
} from '@musicgen/platform-contracts';
import fc from 'fast-check';
import { z } from 'zod';
import { arbitraryOf, type JsonSchema } from './arbitrary-of-schema';
import type { Answer, Asking } from './client';
import { startGateway, type PeerAnswer, type TestGateway } from './gateway';

// Requests made from the OpenAPI document, sensible and not; the other services answer whatever their contracts let them.

interface Operation {
  parameters: { name: string; in: 'path' | 'query' | 'header'; schema: JsonSchema }[];
  requestBody?: { content: Record<string, { schema: JsonSchema }> };
  responses: Record<string, { content?: Record<string, { schema: JsonSchema & { $ref?: string } }> }>;
}
interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, JsonSchema> };
}

let gateway: TestGateway;
let openApi: OpenApi;
let token: string;
let key: string;

beforeAll(async () => {
  gateway = await startGateway();
  openApi = (await gateway.ask('GET /v1/openapi.json')).body as unknown as OpenApi;
  ({ token } = await gateway.register());
  ({ key } = await gateway.addKey(token));
  for (const service of ['vault', 'musicgen', 'spotify', 'acrcloud'] as const) {
    const contracts = rpcContracts.filter(({ owner, callers }) => owner === service && callers.includes('auth'));
    await gateway.answerAs(service, ...contracts.map(answerOf));
  }
});
afterAll(() => gateway?.stop());

/** What they answer must agree with the registry of platforms, not only with a schema. */
const ofRegistry: readonly RpcContract[] = [listPlatforms, changePlatform];

/** The same requests and the same answers in every run: what fails can be looked at. */
const seed = 20_261_120;
let answersGiven = 0;

/** Any answer that the contract allows, now and then one of its errors. */
function answerOf(contract: RpcContract): PeerAnswer {
  const { $schema: _, ...schema } = z.toJSONSchema(contract.response, { io: 'output', unrepresentable: 'any' });
  const answers = arbitraryOf(schema as JsonSchema).filter((value) => contract.response.safeParse(value).success);
  const chances = fc.tuple(fc.nat(4), answers);
  const isFile = JSON.stringify(schema).includes('"sha256"') && JSON.stringify(schema).includes('"key"');
  return [
    contract,
    () => {
      // There are no files behind the keys that could be made up.
      const [dice, answer] = fc.sample(chances, { numRuns: 1, seed: seed + answersGiven++ })[0]!;
      if (isFile || ofRegistry.includes(contract) || dice === 0)
        throw new AppError(contract.errors[0] ?? 'SERVICE_UNAVAILABLE');
      return answer;
    },
  ];
}

const junk = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom('', '0', '..', '%00', "'"),
);
const mostly = <T>(sensible: fc.Arbitrary<T>, other: fc.Arbitrary<T>) =>
  fc.oneof({ arbitrary: sensible, weight: 4 }, { arbitrary: other, weight: 1 });
const textOf = (schema: JsonSchema) => mostly(arbitraryOf(schema).map(String), junk);

const headerText = fc.stringMatching(/^[!-~]{0,80}$/);
const strangeHeaders = fc.record(
  {
    'idempotency-key': fc.stringMatching(/^[!-~]{0,300}$/),
    'x-request-id': headerText,
    traceparent: headerText,
    range: fc.constantFrom('bytes=0-', 'bytes=5-1', 'bytes=-1', 'lines=1', 'bytes=0-0,2-3'),
    'if-none-match': headerText,
    accept: fc.constantFrom('text/html', '*/*', 'nonsense'),
    'x-forwarded-for': headerText,
    cookie: fc.constantFrom('session=x', '=', ';;;'),
  },
  { requiredKeys: [] },
);

/** The body as it goes out: fitting, nearly fitting, any JSON, or no JSON at all. */
function bodyOf(schema: JsonSchema): fc.Arbitrary<Pick<Asking, 'body' | 'raw'>> {
  const fitting = arbitraryOf(schema);
  const spoilt = fc
    .tuple(fitting, fc.string({ maxLength: 12 }), fc.jsonValue())
    .map(([value, name, other]) => ({ ...(value as object), [name]: other }));
  const bodies = fc.oneof({ arbitrary: fitting, weight: 4 }, { arbitrary: spoilt, weight: 2 }, fc.jsonValue());
  return mostly<Pick<Asking, 'body' | 'raw'>>(
    bodies.map((body) => ({ body })),
    junk.map((raw) => ({ raw })),
  );
}

function requestsOf(route: RouteContract, { parameters, requestBody }: Operation) {
  const of = (place: string) =>
    fc.record(
      Object.fromEntries(parameters.filter((one) => one.in === place).map((one) => [one.name, textOf(one.schema)])),
      place === 'path' ? {} : { requiredKeys: [] },
    ) as fc.Arbitrary<Record<string, string>>;
  const query = mostly(of('query'), fc.dictionary(fc.string({ maxLength: 8 }), junk, { maxKeys: 3 }));
  const sent = requestBody ? bodyOf(requestBody.content['application/json']!.schema) : fc.constant({});
  return fc
    .tuple(of('path'), query, sent, strangeHeaders, fc.boolean())
    .map(([params, asked, body, headers, isKey]) => {
      const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
      const search = new URLSearchParams(asked).toString();
      return { address: `${route.method} ${path}${search && `?${search}`}`, body, headers, isKey };
    });
}

/** Whoever would lose what all others use is somebody else. */
const ends = (route: RouteContract) => route.access === 'session' && route.method !== 'GET';
const credentialOf = async (route: RouteContract, isKey: boolean): Promise<Asking> => {
  if (route.access === 'anonymous') return {};
  if (ends(route)) return { token: (await gateway.register()).token };
  return isKey && route.access !== 'session' && route.access !== 'admin' ? { key } : { token };
};

const checks = new Map<object, z.ZodType>();
function schemaOf(schema: JsonSchema & { $ref?: string }): z.ZodType {
  const known = checks.get(schema);
  if (known) return known;
  const described = schema.$ref ? openApi.components.schemas[schema.$ref.split('/').at(-1)!]! : schema;
  const check = z.fromJSONSchema(described as never);
  checks.set(schema, check);
  return check;
}

/** An empty or dotted parameter names another path, which no document tells of. */
const isElsewhere = (address: string) => /\/(\.|%2e){0,2}(\/|\?|$)/i.test(address.split(' ')[1]!);

function expectDeclared(answer: Answer, { responses }: Operation): void {
  const { status, headers, text, body } = answer;
  expect({ status, text }).not.toMatchObject({ status: 500 });
  const declared = responses[status];
  expect({ status, text, isDeclared: declared !== undefined }).toMatchObject({ isDeclared: true });
  const type = headers.get('content-type')?.split(';')[0];
  const content = declared!.content?.[type ?? ''];
  if (!declared!.content) return expect(text).toBe('');
  expect({ type, isDeclared: content !== undefined }).toMatchObject({ isDeclared: true });
  if (type !== 'application/json') return;
  const { error } = schemaOf(content!.schema).safeParse(body);
  expect({ status, text, issues: error?.issues }).toMatchObject({ issues: undefined });
}

/** A stream of events has no end to wait for; a file of pages that are made up has none either, or is cut off by an error. */
const isStream = ({ produces = [], name }: RouteContract) =>
  produces.includes('text/event-stream') || name === 'exportAccount';
const fuzzed = routes
  .filter((route) => !isStream(route))
  .map((route) => [`${route.method} ${route.path}`, route] as const);

it.each(fuzzed)('%s answers as its description says, whatever it is sent', async (_, route) => {
  const operation = openApi.paths[route.path]![route.method.toLowerCase()]!;
  await fc.assert(
    fc.asyncProperty(requestsOf(route, operation), async ({ address, body, headers, isKey }) => {
      fc.pre(!isElsewhere(address));
      // Pages are for browsers; what is described is for programs.
      const accepting = route.isPage ? { ...headers, accept: 'application/json' } : headers;
      const who = await credentialOf(route, isKey);
      const answer = await gateway.ask(address, { ...body, headers: accepting, ...who });
      expectDeclared(answer, operation);
    }),
    { seed, numRuns: ends(route) ? 10 : 30, endOnFailure: true },
  );
});
