// node tools/build/build.mjs <project folder> [more of its folders]: compiles `src` (and those) of the project and the libraries it may use into dist/<project folder>,
// with @musicgen/* rewritten to relative paths, so that the folder runs by itself beside its node_modules.
import { transformFile } from '@swc/core';
import fs from 'node:fs/promises';
import path from 'node:path';

const root = process.cwd();
const [project, ...more] = process.argv.slice(2);
const out = path.join(root, 'dist', project);
const { $schema: _, ...swcrc } = JSON.parse(await fs.readFile('.swcrc', 'utf8'));
const { paths } = JSON.parse(await fs.readFile('tsconfig.base.json', 'utf8')).compilerOptions;
const forApps = (lib) => lib !== 'testing' && (lib !== 'embedded' || !project.startsWith('apps/'));

const sources = async (dir) =>
  (await fs.readdir(dir, { recursive: true }))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && !file.endsWith('.d.ts'))
    .map((file) => path.join(dir, file));

swcrc.jsc.baseUrl = root;
swcrc.jsc.paths = Object.fromEntries(
  Object.entries(paths).map(([name, files]) => [name, files.map((f) => f.slice(2))]),
);

async function compile(file) {
  const { code, map } = await transformFile(path.join(root, file), {
    ...swcrc,
    swcrc: false,
    cwd: root,
    filename: path.join(root, file),
  });
  const target = path.join(out, file.replace(/\.ts$/, '.js'));
  await fs.mkdir(path.dirname(target), { recursive: true });
  await fs.writeFile(target, `${code}\n//# sourceMappingURL=${path.basename(target)}.map`);
  await fs.writeFile(`${target}.map`, map);
}

const libs = (await fs.readdir('libs')).filter(forApps).map((lib) => path.join('libs', lib, 'src'));
const files = (await Promise.all([...['src', ...more].map((dir) => path.join(project, dir)), ...libs].map(sources))).flat();
await fs.rm(out, { recursive: true, force: true });
await Promise.all(files.map(compile));
console.log(`${project}: ${files.length} files`);
