// `npm start`. Runs before anything is installed: nothing but Node itself may be imported here.
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19) || major === 21 || (major === 22 && minor < 12)) {
  console.error(
    `Node.js 20.19 or later (20, or 22.12 and up) is needed, and this is ${process.versions.node}: see https://nodejs.org.`,
  );
  process.exit(1);
}

const { build, install } = await import('./prepare.mjs');
process.setSourceMapsEnabled(true);
try {
  await install(root);
  await build(root);
} catch (err) {
  console.error(err.message);
  process.exit(err.status ?? 1);
}
const { start } = createRequire(import.meta.url)(path.join(root, 'dist/tools/start/tools/start/src/main.js'));
process.exit(await start(root));
