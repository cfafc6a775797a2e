import { routes, type RouteContract } from '@musicgen/platform-contracts';
import { METHOD_METADATA, MODULE_METADATA } from '@nestjs/common/constants';
import { AppModule } from '../app.module';
import { ROUTE } from './route.decorator';

/** Served to anybody and counted for nobody; health and metrics are the kit's. */
const withoutContract = ['DocumentsHttpController'];

type Controller = { name: string; prototype: Record<string, object> };

const partsOf = <T>(part: string, module: object) => (Reflect.getMetadata(part, module) ?? []) as T[];
const controllersOf = (module: object): Controller[] => [
  ...partsOf<Controller>(MODULE_METADATA.CONTROLLERS, module),
  ...partsOf<object>(MODULE_METADATA.IMPORTS, module).flatMap(controllersOf),
];
const controllers = controllersOf(AppModule);
const handlers = controllers.flatMap(({ name: controller, prototype }) =>
  Object.getOwnPropertyNames(prototype)
    .map((method) => ({ controller, name: `${controller}.${method}`, handler: prototype[method]! }))
    .filter(({ handler }) => Reflect.hasMetadata(METHOD_METADATA, handler)),
);
const contractOf = (handler: object) => Reflect.getMetadata(ROUTE, handler) as RouteContract | undefined;

describe('the handlers of the gateway', () => {
  it('each have a contract, but for the pages that describe the API', () => {
    const bare = handlers.filter(({ handler }) => !contractOf(handler)).map(({ controller }) => controller);
    expect([...new Set(bare)]).toEqual(withoutContract);
  });

  it('answer each contract exactly once', () => {
    const answered = handlers.flatMap(({ handler }) => contractOf(handler)?.name ?? []);
    expect(answered.sort()).toEqual(routes.map(({ name }) => name).sort());
  });
});
