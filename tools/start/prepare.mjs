// What has to be done to a fresh clone before the starter itself can run: dependencies and build.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** A failure that its sentence explains; status 0 when it is the user who stopped. */
class Stop extends Error {
  constructor(sentence, status = 1) {
    super(sentence);
    this.status = status;
  }
}

const readJson = (file) => {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
};

/** npm keeps its own account of what it has installed; it writes that last, so an interrupted installation has none. */
function isInstalled(root) {
  const wanted = readJson(path.join(root, 'package-lock.json'))?.packages ?? {};
  const present = readJson(path.join(root, 'node_modules/.package-lock.json'))?.packages;
  if (!present) return false;
  return Object.entries(wanted).every(([where, { version, integrity, optional }]) => {
    if (where === '' || (optional && !present[where])) return true;
    return present[where]?.version === version && present[where].integrity === integrity;
  });
}

let child;
let isStopped = false;
// Never taken off: a signal that comes while the starter is being loaded waits for the starter's own handlers.
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    isStopped = true;
    child?.kill('SIGTERM');
  });
}

/** Runs a command quietly; its output is kept for the case that it fails. Ctrl-C and SIGTERM end it and us. */
async function run(command, args, { cwd, env }) {
  child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
  const code = await new Promise((resolve) => {
    child.once('error', (err) => {
      output += err.message;
      resolve(127);
    });
    child.once('close', resolve);
  });
  if (isStopped) throw new Stop('Stopped.', 0);
  return { code, output };
}

function explain(what, output) {
  if (/ENOSPC|EDQUOT|no space left/i.test(output))
    return new Stop(`${what} failed: the disk is full. Free some space and start again.`);
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT/.test(output)) {
    return new Stop(
      `${what} failed: the npm registry cannot be reached. Check the network (or npm's proxy and registry settings) and start again.`,
    );
  }
  return new Stop(`${what} failed:\n${output.trim().split('\n').slice(-20).join('\n')}`);
}

/** Installs the dependencies of a folder if they are missing or not those of its package-lock.json. */
export async function install(root) {
  if (isInstalled(root)) return;
  console.log('Installing the dependencies (half a minute or so).');
  const npm = process.env.npm_execpath;
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund'];
  // What it would fetch from elsewhere is for graphics cards.
  const env = { ONNXRUNTIME_NODE_INSTALL: 'skip' };
  const { code, output } = await (npm
    ? run(process.execPath, [npm, ...args], { cwd: root, env })
    : run('npm', args, { cwd: root, env }));
  if (code !== 0) throw explain('Installing the dependencies', output);
}

/** Compiles the services and the starter; what has not changed comes from nx's cache. */
export async function build(root) {
  console.log('Building.');
  const args = [
    path.join(root, 'node_modules/.bin/nx'),
    'run-many',
    '-t',
    'build',
    '-p',
    'tag:type:app',
    'start',
    'platform-sandbox',
  ];
  // Without a daemon and worker processes there is nothing of nx that could outlive a build that is stopped.
  const env = { NX_DAEMON: 'false', NX_ISOLATE_PLUGINS: 'false', NX_TUI: 'false' };
  const { code, output } = await run(process.execPath, args, { cwd: root, env });
  if (code !== 0) throw explain('The build', output);
}
