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
const handlersWith = (metadata: string) =>
  controllers.flatMap(({ name: controller, prototype }) =>
    Object.getOwnPropertyNames(prototype)
      .map((method) => ({ controller, handler: prototype[method]! }))
      .filter(({ handler }) => Reflect.hasMetadata(metadata, handler)),
  );

describe('the handlers of the gateway', () => {
  it('each have a contract, but for the pages that describe the API', () => {
    const bare = handlersWith(METHOD_METADATA).map(({ controller }) => controller);
    expect([...new Set(bare)]).toEqual(withoutContract);
  });

  it('answer each contract exactly once', () => {
    const answered = handlersWith(ROUTE).map(
      ({ handler }) => (Reflect.getMetadata(ROUTE, handler) as RouteContract).name,
    );
    expect(answered.sort()).toEqual(routes.map(({ name }) => name).sort());
  });
});
