import type { SandboxPlatform } from './platform';
import type { World } from './state/world';

/** Who lives in a new world. */
const people = [
  { id: 'ada', name: 'Ada Sandbox', email: 'ada@sandbox.example', country: 'US' },
  { id: 'ben', name: 'Ben Sandbox', email: 'ben@sandbox.example', country: 'DE' },
  { id: 'cleo', name: 'Cleo Sandbox', email: 'cleo@sandbox.example', country: 'FR' },
] as const;

/** Two people with all their accounts in order, a third one (`cleo`) for whatever a test makes of her, and each platform's apps. */
export function seedWorld(world: World, platforms: Iterable<SandboxPlatform>): void {
  for (const person of people) world.users.put({ ...person, accounts: {} });
  for (const platform of platforms) platform.seed(world);
}
