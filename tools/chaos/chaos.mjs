// npm run chaos [scenario …] [--scale 0.1]: compiles what is to be broken and what breaks it, then runs src/main.ts. See README.md.
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { install } from '../start/prepare.mjs';

const root = path.resolve(import.meta.dirname, '../..');
await install(root);
for (const project of ['apps/credential-vault', 'apps/musicgen-api', 'tools/platform-sandbox', 'tools/chaos']) {
  execFileSync(process.execPath, ['tools/build/build.mjs', project], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
const require = createRequire(import.meta.url);
const { chaos } = require(path.join(root, 'dist/tools/chaos/tools/chaos/src/main.js'));
process.exit(await chaos(root, process.argv.slice(2)));
