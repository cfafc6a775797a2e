// node tools/build/build.mjs <project folder> [more of its folders]: compiles the project's `src` (and those) and the libraries
// it may use into dist/<project folder>, with @musicgen/* rewritten to relative paths, so that the folder runs by itself
// beside node_modules. What has not changed is not touched: processes that run from the folder go on undisturbed.
import { transformFile } from '@swc/core';
import fs from 'node:fs/promises';
import path from 'node:path';

const root = process.cwd();
const [project, ...more] = process.argv.slice(2);
const out = path.join(root, 'dist', project);
const { $schema: _, ...swcrc } = JSON.parse(await fs.readFile('.swcrc', 'utf8'));
const { paths } = JSON.parse(await fs.readFile('tsconfig.base.json', 'utf8')).compilerOptions;
const forApps = (lib) => lib !== 'testing' && (lib !== 'embedded' || !project.startsWith('apps/'));

const list = async (dir, wanted) =>
  (await fs.readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []))
    .filter((entry) => entry.isFile() && wanted(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name));

const isSource = (file) => /\.[jt]s$/.test(file) && !file.endsWith('.spec.ts') && !file.endsWith('.d.ts');

swcrc.jsc.baseUrl = root;
swcrc.jsc.paths = Object.fromEntries(
  Object.entries(paths).map(([name, files]) => [name, files.map((f) => f.slice(2))]),
);

/** Whole or not at all, and only if it is new. */
async function write(target, text) {
  if ((await fs.readFile(target, 'utf8').catch(() => undefined)) === text) return;
  await fs.mkdir(path.dirname(target), { recursive: true });
  const fresh = `${target}.${process.pid}`;
  await fs.writeFile(fresh, text);
  await fs.rename(fresh, target);
}

async function compile(file) {
  const { code, map } = await transformFile(path.join(root, file), {
    ...swcrc,
    swcrc: false,
    cwd: root,
    filename: path.join(root, file),
  });
  const target = path.join(out, file.replace(/\.ts$/, '.js'));
  await write(`${target}.map`, map);
  await write(target, `${code}\n//# sourceMappingURL=${path.basename(target)}.map`);
  return [target, `${target}.map`];
}

const libs = (await fs.readdir('libs')).filter(forApps).map((lib) => path.join('libs', lib, 'src'));
// A library that is built by itself is among them twice.
const folders = [...new Set([...['src', ...more].map((dir) => path.join(project, dir)), ...libs])];
const files = (await Promise.all(folders.map((dir) => list(dir, isSource)))).flat();
const made = new Set((await Promise.all(files.map(compile))).flat());
const stale = (await list(out, (name) => /\.js(\.map)?$/.test(name))).filter((file) => !made.has(file));
// What another folder of the project was compiled to stays: `bench` beside `src`.
const isOurs = (file) => folders.some((dir) => file.startsWith(path.join(out, dir) + path.sep));
await Promise.all(stale.filter(isOurs).map((file) => fs.rm(file, { force: true })));
console.log(`${project}: ${files.length} files`);
