// Before all tests of a run: everything that runs as a process is compiled (so are the libraries used here: jest resolves
// no aliases in this file), and the real servers are started.
const { execFile } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { promisify } = require('node:util');

const root = path.join(__dirname, '../..');
const build = (project) => promisify(execFile)(process.execPath, ['tools/build/build.mjs', project], { cwd: root });

/** What has a `main.ts` can be started. */
const programs = (folder) =>
  fs
    .readdirSync(path.join(root, folder))
    .map((name) => path.join(folder, name))
    .filter((project) => fs.existsSync(path.join(root, project, 'src/main.ts')));

module.exports = async () => {
  // Optional for those who use the product; its engine is tested all the same.
  const { install } = await import('../start/prepare.mjs');
  await install(path.join(root, 'apps/musicgen-api/extras/transformers'));
  await Promise.all(['tools/test', ...programs('apps'), ...programs('tools')].map(build));
  const { startInfrastructure } = require(path.join(root, 'dist/tools/test/tools/test/src/infrastructure.js'));
  const infrastructure = await startInfrastructure(root);
  process.env.MUSICGEN_TEST = JSON.stringify(infrastructure.info);
  globalThis.stopInfrastructure = infrastructure.stop;
};
