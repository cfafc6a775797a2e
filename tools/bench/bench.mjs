// npm run bench [name …]: each figure as a ratio against its baseline in the same run, as a table and in bench-results/.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { install } from '../start/prepare.mjs';

const root = path.resolve(import.meta.dirname, '../..');
await install(root);
for (const [project, ...folders] of [
  ['tools/test'],
  ['apps/auth-gateway', 'bench'],
  ['apps/credential-vault'],
  ['apps/musicgen-api', 'bench'],
]) {
  execFileSync(process.execPath, ['tools/build/build.mjs', project, ...folders], { cwd: root, stdio: 'ignore' });
}
const require = createRequire(import.meta.url);
const { startInfrastructure } = require(path.join(root, 'dist/tools/test/tools/test/src/infrastructure.js'));
const { provisionPostgres, roleUrl, makeSecrets } = require(
  path.join(root, 'dist/tools/test/libs/service-kit/src/index.js'),
);

const all = ['key', 'hop', 'vault', 'generation', 'jobs', 'flood', 'revocation', 'timing'];
const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !all.includes(name));
if (unknown) {
  console.error(`"${unknown}" is no benchmark; there are ${all.join(', ')}.`);
  process.exit(1);
}

const infrastructure = await startInfrastructure(root);
const rows = [];
try {
  const secrets = await makeSecrets(path.join(infrastructure.info.folder, 'secrets'));
  await provisionPostgres(infrastructure.info.postgresUrl, 'bench', secrets);
  const context = { root, info: infrastructure.info, secrets, roleUrl };
  for (const name of wanted.length > 0 ? wanted : all) {
    const { measure } = await import(`./${name}.bench.mjs`);
    rows.push(...(await measure(context)));
  }
} finally {
  await infrastructure.stop();
}

console.table(Object.fromEntries(rows.map(({ what, ...figures }) => [what, figures])));
const machine = `${os.cpus()[0].model}, ${os.availableParallelism()} cores, Node ${process.versions.node}`;
console.log(machine);
fs.mkdirSync(path.join(root, 'bench-results'), { recursive: true });
const file = path.join(root, 'bench-results', `${new Date().toISOString().replaceAll(':', '-')}.json`);
fs.writeFileSync(file, `${JSON.stringify({ date: new Date().toISOString(), machine, rows }, null, 2)}\n`);
