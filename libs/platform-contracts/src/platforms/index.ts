import type { PlatformDefinition } from './definition';
import * as registry from './registry';

export * from './definition';
export * from './form';
export { importedTokens } from './imported-tokens';
export * from './probe';
export { REASONS, reasons, type Reason } from './reasons';

/** Any platform of the registry. */
export type PlatformId = (typeof registry)[keyof typeof registry]['id'];

/** Every platform by its id. An export of the registry whose name differs from its id does not compile. */
export const platforms: { readonly [Id in PlatformId]: PlatformDefinition<Id> } = registry;

/** The ids of all platforms, for schemas and loops. */
export const platformIds = Object.keys(platforms) as [PlatformId, ...PlatformId[]];
