// What the tests read our files and pages with, besides our own code: independent programs of Debian's packages.
import { spawnSync } from 'node:child_process';

const packages = {
  chromium: 'chromium',
  ffmpeg: 'ffmpeg',
  ffprobe: 'ffmpeg',
  flac: 'flac',
  python3: 'python3',
  sox: 'sox',
  unzip: 'unzip',
};

const isThere = (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

/** Installs those that are missing, where that is allowed (root, apt); elsewhere says which. */
export function installPrograms() {
  const missing = [
    ...new Set(
      Object.entries(packages)
        .filter(([program]) => !isThere(program))
        .map(([, name]) => name),
    ),
  ];
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !isThere('apt-get')) {
    console.log(`The tests need programs that are not here: apt-get install ${missing.join(' ')}`);
    return;
  }
  console.log(`Installing programs that the tests need: ${missing.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) =>
    spawnSync('apt-get', ['-qq', '-y', ...args], { stdio: ['ignore', 'ignore', 'inherit'], env });
  apt('update');
  apt('install', '--no-install-recommends', ...missing);
}
