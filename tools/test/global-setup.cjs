// Before all tests of a run: the libraries are compiled (jest resolves no aliases here) and the real servers started.
const { execFileSync } = require('node:child_process');
const path = require('node:path');

const root = path.join(__dirname, '../..');

module.exports = async () => {
  execFileSync(process.execPath, ['tools/build/build.mjs', 'tools/test'], { cwd: root, stdio: 'ignore' });
  const { startInfrastructure } = require(path.join(root, 'dist/tools/test/tools/test/src/infrastructure.js'));
  const infrastructure = await startInfrastructure(root);
  process.env.MUSICGEN_TEST = JSON.stringify(infrastructure.info);
  globalThis.stopInfrastructure = infrastructure.stop;
};
