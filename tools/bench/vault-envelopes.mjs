// A row of `vault.bench.mjs`, as JSON: envelopes opened per second of CPU.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import path from 'node:path';
import { rounded } from './servers.mjs';

const require = createRequire(import.meta.url);
const rounds = 5;
const id = (prefix) => `${prefix}_01KA3V5T9ZXJ8Q4N6M2R7W1YBC`;
const median = (values) => values.toSorted((x, y) => x - y)[Math.floor(values.length / 2)];

/** A row's data key unwrapped and one field opened, against two bare decryptions of the same lengths. */
function measure(root) {
  const dist = path.join(root, 'dist/apps/credential-vault');
  const { Envelope } = require(path.join(dist, 'apps/credential-vault/src/credentials/envelope.js'));
  const { KeyRing, generateKeyRingText } = require(path.join(dist, 'libs/service-kit/src/index.js'));
  const ring = KeyRing.parse(generateKeyRingText());
  const binding = { id: id('cred'), userId: id('user'), mode: 'live' };
  const envelope = Envelope.create(ring, binding);
  const secret = randomBytes(60).toString('base64url');
  const sealed = envelope.seal('client_secret', secret);
  const key = randomBytes(32);
  const [one, two] = [bareSeal(key, randomBytes(32)), bareSeal(key, Buffer.from(JSON.stringify(secret)))];

  const ours = () => Envelope.open(ring, binding, envelope.wrapped).openField('client_secret', sealed);
  const bare = () => bareOpen(key, one) && bareOpen(key, two);
  const runs = { ours: [], bare: [] };
  for (let i = 0; i < rounds + 1; i++) {
    runs.bare.push(perCpuSecond(bare));
    runs.ours.push(perCpuSecond(ours));
  }
  const [b, o] = [median(runs.bare.slice(1)), median(runs.ours.slice(1))];
  return {
    what: 'envelopes opened (data key and one field) : two bare AES-256-GCM decryptions',
    ratio: rounded(o / b),
    baseline: `${Math.round(b)}/s of CPU`,
    measured: `${Math.round(o)}/s of CPU`,
    target: '≥ 50,000/s',
  };
}

function perCpuSecond(work, times = 20_000) {
  const before = process.cpuUsage();
  for (let i = 0; i < times; i++) work();
  const { user, system } = process.cpuUsage(before);
  return (times * 1e6) / (user + system);
}

function bareSeal(key, plaintext) {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  const bytes = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return { iv, bytes, tag: cipher.getAuthTag() };
}

function bareOpen(key, { iv, bytes, tag }) {
  const decipher = createDecipheriv('aes-256-gcm', key, iv).setAuthTag(tag);
  return Buffer.concat([decipher.update(bytes), decipher.final()]);
}

process.stdout.write(JSON.stringify(measure(process.argv[2])));
