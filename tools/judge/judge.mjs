// npm run judge: compiles the engine and the judges, then runs src/main.ts. See README.md for what is measured and how.
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { install } from '../start/prepare.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const args = process.argv.slice(2);
await install(root);
// An engine that is named was compiled before: an older one, to compare with.
const projects = args.includes('--engine') ? ['tools/judge'] : ['apps/musicgen-api', 'tools/judge'];
for (const project of projects) {
  execFileSync(process.execPath, ['tools/build/build.mjs', project], { cwd: root, stdio: 'ignore' });
}
const require = createRequire(import.meta.url);
const { judge } = require(path.join(root, 'dist/tools/judge/tools/judge/src/main.js'));
process.exit(await judge(root, args));
