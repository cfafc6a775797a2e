// One configuration for every project. Paths come from tsconfig.base.json, the compiler's settings from .swcrc: there is no second list.
const fs = require('node:fs');
const path = require('node:path');

const read = (file) => JSON.parse(fs.readFileSync(path.join(__dirname, file), 'utf8'));
const { $schema: _, ...swcrc } = read('.swcrc');
const { paths } = read('tsconfig.base.json').compilerOptions;

// Published as ES modules only: jest on Node 20 cannot require() them, so they are compiled like our own code.
const esModules = [
  'jose',
  'ulid',
  'flydrive',
  '@poppinss',
  '@sindresorhus',
  'slugify',
  'case-anything',
  'spessasynth_core',
  'stb-vorbis',
  'fast-check',
  'pure-rand',
  'lru-cache',
  'openid-client',
  'nodemailer',
  'smtp-server',
  'oauth4webapi',
  '@tidal-music',
];

module.exports = {
  testEnvironment: 'node',
  globalSetup: path.join(__dirname, 'tools/test/global-setup.cjs'),
  globalTeardown: path.join(__dirname, 'tools/test/global-teardown.cjs'),
  // A guard against hanging, not a measure of speed: a busy machine may take its time. Longer than what tests wait for
  // within (`until`), so that these say what they waited for, and end what they have started.
  testTimeout: 180_000,
  testRegex: '\\.spec\\.ts$',
  roots: ['apps', 'libs', 'tools']
    .filter((dir) => fs.existsSync(path.join(__dirname, dir)))
    .map((dir) => path.join(__dirname, dir)),
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json'],
  transform: { '^.+\\.(ts|js|mjs)$': ['@swc/jest', { ...swcrc, swcrc: false, sourceMaps: 'inline' }] },
  transformIgnorePatterns: [`/node_modules/(?!(${esModules.join('|')})/)`],
  moduleNameMapper: Object.fromEntries(
    Object.entries(paths).map(([name, [file]]) => [`^${name}$`, path.join(__dirname, file)]),
  ),
};
