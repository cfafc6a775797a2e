// npm test: installs what is missing, checks format, lint and types, builds, and runs every test. Ends with the counts.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { install } from '../start/prepare.mjs';
import { installPrograms } from './programs.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const bin = (name) => path.join(root, 'node_modules/.bin', name);

/** Settles with the exit status; output goes straight to the terminal. */
const run = (command, args, env = {}) =>
  new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
    child.on('error', () => resolve(127));
    child.on('exit', (code, signal) => resolve(signal ? 1 : code));
  });

async function check(name, command, args) {
  const started = Date.now();
  const ok = (await run(command, args, { NX_DAEMON: 'false' })) === 0;
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  return ok;
}

async function jest() {
  const results = path.join(os.tmpdir(), `musicgen-jest-${process.pid}.json`);
  const args = ['--json', `--outputFile=${results}`, '--silent', '--maxWorkers=2', ...process.argv.slice(2)];
  const status = await run(bin('jest'), args);
  const counts = fs.existsSync(results) ? JSON.parse(fs.readFileSync(results, 'utf8')) : undefined;
  fs.rmSync(results, { force: true });
  if (!counts) return { passed: 0, failed: 1, skipped: 0 };
  // A file that could not be loaded, or a failed tear-down, has no test of its own that fails.
  const failed = counts.numFailedTests + counts.numRuntimeErrorTestSuites;
  return {
    passed: counts.numPassedTests,
    failed: status === 0 ? failed : Math.max(1, failed),
    skipped: counts.numPendingTests,
  };
}

await install(root);
installPrograms();
const checks = [
  await check('format', bin('prettier'), ['--check', '--log-level=warn', '.']),
  await check('lint', bin('nx'), ['run-many', '-t', 'lint', '--outputStyle=static']),
  await check('types', bin('tsc'), ['-p', 'tsconfig.json']),
  await check('build', bin('nx'), ['run-many', '-t', 'build', '--outputStyle=static']),
];
const tests = await jest();
const passed = tests.passed + checks.filter(Boolean).length;
const failed = tests.failed + checks.filter((ok) => !ok).length;
console.log(`\n${passed} passed, ${failed} failed${tests.skipped > 0 ? `, ${tests.skipped} skipped` : ''}`);
process.exit(failed > 0 ? 1 : 0);
