// node tools/deploy/deploy.mjs <app> <folder> [--build]: makes the deployable folder of a service, of `migrate`, the init
// step, which runs every service's migrations, or of `platform-sandbox`: compiled code (with --build, compiled first), a lock file with just the
// packages that this code requires, and these installed. It starts from there with `node main.js`, in an image or without.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { nameOf, pruneLock } from './prune-lock.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const readJson = (file) => JSON.parse(fs.readFileSync(path.join(root, file), 'utf8'));

function stop(sentence) {
  console.error(sentence);
  process.exit(1);
}

/** The projects that go in; the first is the one that is started. */
function projectsOf(app) {
  const apps = fs
    .readdirSync(path.join(root, 'apps'))
    .filter((name) => fs.existsSync(`${root}/apps/${name}/src/main.ts`));
  if (app === 'migrate') return ['tools/migrate', ...apps.map((name) => `apps/${name}`)];
  if (app === 'platform-sandbox') return ['tools/platform-sandbox'];
  if (apps.includes(app)) return [`apps/${app}`];
  return stop(`"${app}" is no service; choose one of ${[...apps, 'migrate', 'platform-sandbox'].join(', ')}.`);
}

/** The names of the packages that compiled code requires, each with one file that does. */
function requiredBy(folder) {
  const found = new Map();
  for (const file of fs.readdirSync(folder, { recursive: true })) {
    if (!file.endsWith('.js')) continue;
    const code = fs.readFileSync(path.join(folder, file), 'utf8');
    for (const [, wanted] of code.matchAll(/\b(?:require|require\.resolve|import)\(\s*["']([^"'.][^"']*)["']\s*\)/g)) {
      if (!isBuiltin(wanted)) found.set(nameOf(wanted), file);
    }
  }
  return found;
}

function compile(project) {
  const { status } = spawnSync(process.execPath, ['tools/build/build.mjs', project], { cwd: root, stdio: 'inherit' });
  if (status !== 0) stop(`${project} cannot be built.`);
}

function install(folder) {
  // No package that a service needs runs a script when it is installed.
  const args = [
    'ci',
    '--omit=dev',
    '--ignore-scripts',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  const npm = process.env.npm_execpath;
  const [command, argv] = npm ? [process.execPath, [npm, ...args]] : ['npm', args];
  const { status } = spawnSync(command, argv, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) stop(`npm ci failed in ${folder}.`);
}

const {
  positionals: [app, target],
  values: { build },
} = parseArgs({ allowPositionals: true, options: { build: { type: 'boolean' } } });
if (!app || !target) stop('Usage: node tools/deploy/deploy.mjs <app> <folder> [--build]');
const folder = path.resolve(target);
const projects = projectsOf(app);
if (fs.existsSync(folder) && fs.readdirSync(folder).length > 0) stop(`${folder} is not empty.`);
for (const project of projects) {
  if (build) compile(project);
  const built = path.join(root, 'dist', project);
  if (!fs.existsSync(path.join(built, project, 'src/main.js'))) stop(`${project} is not built: npm run build.`);
  // Not the whole folder: benchmarks may have been compiled into it.
  for (const part of [`${project}/src`, 'libs']) {
    const from = path.join(built, part);
    // `embedded` starts servers of a machine's own, for npm start and tests: no container does.
    const filter = (source) => source !== path.join(built, 'libs/embedded');
    fs.cpSync(from, path.join(folder, 'dist', project, part), { recursive: true, filter });
  }
}

const { version, license, engines, dependencies, overrides } = readJson('package.json');
const required = requiredBy(path.join(folder, 'dist'));
for (const [name, file] of required) {
  if (!dependencies[name]) stop(`${file} requires ${name}, which is no dependency of package.json.`);
}
const manifest = { name: `musicgen-${app}`, version, private: true, license, engines, main: 'main.js' };
const { lock, pinned } = pruneLock(readJson('package-lock.json'), [...required.keys()], { manifest, overrides });
const writeJson = (name, value) => fs.writeFileSync(path.join(folder, name), `${JSON.stringify(value, null, 2)}\n`);
writeJson('package.json', pinned);
writeJson('package-lock.json', lock);
fs.writeFileSync(path.join(folder, 'main.js'), `require('./dist/${projects[0]}/${projects[0]}/src/main.js');\n`);
install(folder);
console.log(
  `${app}: ${required.size} dependencies, ${Object.keys(lock.packages).length - 1} packages in the lock file`,
);
