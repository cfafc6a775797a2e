import { AppError } from '@musicgen/error-codes';
import {
  getProvenance,
  getProvenanceRoute,
  listArtefacts,
  listProvenanceKeys,
  provenanceKeysRoute,
  type FileReference,
  type Provenance,
} from '@musicgen/platform-contracts';
import { newId } from '@musicgen/service-kit';
import { root, testInfrastructure, until } from '@musicgen/testing';
import { CompactSign, exportJWK, generateKeyPair } from 'jose';
import { execFile, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { fromBuffer, type Entry, type ZipFile } from 'yauzl';
import { expectError } from './client';
import { startGateway, type TestGateway } from './gateway';

const id = newId('gen');
const route = `/v1/generate/${id}/download`;
const storage = path.join(testInfrastructure().folder, 'storage');
/** Larger than what any stream holds at once. */
const contents: Record<string, Buffer> = {
  'sea.wav': randomBytes(400_000),
  'sea.mp3': randomBytes(70_001),
  'sea-drums.wav': randomBytes(1),
  'sea.mid': Buffer.alloc(0),
  'der-gesang-höhle.flac': randomBytes(3_000),
};
const fileOf = (filename: string): FileReference => ({
  key: `${id}/1/${createHash('sha1').update(filename).digest('hex')}`,
  bytes: contents[filename]!.length,
  sha256: createHash('sha256').update(contents[filename]!).digest('hex'),
  content_type: 'audio/wav',
  filename,
});

let folder: string;
let gateway: TestGateway;
let token: string;
let provenance: Provenance;
let keys: { keys: object[] };
let listed: () => unknown;
const answer = () => ({
  name: 'sea',
  created_at: '2026-11-20T10:00:00.000Z',
  files: Object.keys(contents).map(fileOf),
  provenance,
});

beforeAll(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'downloads-'));
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
  keys = { keys: [{ ...(await exportJWK(publicKey)), alg: 'EdDSA', use: 'sig', kid: 'k1' }] };
  const files = Object.keys(contents).map((name) => {
    const { bytes, sha256 } = fileOf(name);
    return { name, kind: 'mix' as const, format: 'wav' as const, bytes, sha256 };
  });
  const statement = { ...getProvenanceRoute.example.response.statement, generation_id: id, files } as never;
  const jws = await new CompactSign(Buffer.from(JSON.stringify(statement)))
    .setProtectedHeader({ alg: 'EdDSA', kid: 'k1' })
    .sign(privateKey);
  provenance = { statement, jws };
  await fs.mkdir(path.join(storage, id, '1'), { recursive: true });
  for (const [name, bytes] of Object.entries(contents)) await fs.writeFile(path.join(storage, fileOf(name).key), bytes);
  gateway = await startGateway();
  ({ token } = await gateway.register());
  await gateway.answerAs(
    'musicgen',
    [listArtefacts, () => listed()],
    [getProvenance, () => provenance],
    [listProvenanceKeys, () => keys],
  );
});
beforeEach(() => (listed = answer));
afterAll(async () => {
  await gateway?.stop();
  await fs.rm(folder, { recursive: true });
});

async function download(headers: Record<string, string> = {}, method = 'GET') {
  const response = await fetch(`${gateway.url}${route}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...headers },
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  return { status: response.status, headers: Object.fromEntries(response.headers), bytes };
}

/** Every file of a ZIP, as another library reads it; it checks lengths and CRCs. */
async function unzipped(zip: Buffer): Promise<Record<string, Buffer>> {
  const archive = await promisify<Buffer, object, ZipFile>(fromBuffer)(zip, { lazyEntries: true });
  const open = promisify(archive.openReadStream.bind(archive)) as (entry: Entry) => Promise<NodeJS.ReadableStream>;
  const files: Record<string, Buffer> = {};
  return new Promise((resolve, reject) => {
    archive.on('error', reject).on('end', () => resolve(files));
    archive.on('entry', (entry: Entry) => {
      expect(entry.compressionMethod).toBe(0);
      open(entry)
        .then(async (stream) => {
          files[entry.fileName] = await buffer(stream);
          archive.readEntry();
        })
        .catch(reject);
    });
    archive.readEntry();
  });
}

describe('the download of everything', () => {
  it('is a ZIP with every file and the provenance, byte for byte, its length told before', async () => {
    const { status, headers, bytes } = await download();
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'application/zip',
      'content-disposition': 'attachment; filename="sea.zip"',
      'content-length': String(bytes.length),
      'accept-ranges': 'bytes',
      'cache-control': 'private, max-age=3600',
    });
    const { 'sea/provenance.json': sidecar, ...files } = await unzipped(bytes);
    const expected = Object.entries(contents).map(([name, of]) => [`sea/${name}`, of]);
    expect(files).toEqual(Object.fromEntries(expected));
    expect(JSON.parse(sidecar!.toString())).toEqual(provenance);
  });

  it('opens in readers of two other makes', async () => {
    const file = path.join(folder, 'sea.zip');
    await fs.writeFile(file, (await download()).bytes);
    const python = 'import sys, zipfile; sys.exit(zipfile.ZipFile(sys.argv[1]).testzip() is not None)';
    for (const [program, ...args] of [
      ['unzip', '-tqq', file],
      ['python3', '-c', python, file],
    ] as const) {
      const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
      expect([program, error, status, stderr]).toEqual([program, undefined, 0, '']);
    }
  });

  it('is the same each time: it comes in part, goes on where it broke off, and not again to who has it', async () => {
    const whole = await download();
    const { length } = whole.bytes;
    const etag = whole.headers.etag!;
    for (const [start, end] of [
      [0, 0],
      [0, 99],
      [31, 400_100],
      [399_990, 470_200],
      [length - 500, length - 1],
    ] as const) {
      const part = await download({ range: `bytes=${start}-${end}`, 'if-range': etag });
      expect(part).toMatchObject({
        status: 206,
        headers: { 'content-range': `bytes ${start}-${end}/${length}`, etag },
      });
      expect(part.bytes.equals(whole.bytes.subarray(start, end + 1))).toBe(true);
    }
    expect((await download({ 'if-none-match': etag })).status).toBe(304);
    expect((await download({ range: `bytes=${length}-` })).status).toBe(416);
    const head = await download({}, 'HEAD');
    expect(head).toMatchObject({ status: 200, headers: { etag, 'content-length': String(length) } });
  });

  it('has another ETag when there is more in it', async () => {
    const { headers } = await download();
    listed = () => ({ ...answer(), provenance: { ...provenance, jws: 'a.b.c' } });
    expect((await download()).headers.etag).not.toBe(headers.etag);
    listed = () => ({ ...answer(), files: [fileOf('sea.wav')] });
    expect((await download()).headers.etag).not.toBe(headers.etag);
  });

  it.each([
    ['is missing', { key: `${id}/missing` }],
    ['has another length', { bytes: 7 }],
  ])('is a clean error when a file %s', async (_, change) => {
    listed = () => ({ ...answer(), files: [fileOf('sea.wav'), { ...fileOf('sea.mp3'), ...change }] });
    expectError(await gateway.ask(`GET ${route}`, { token }), 'INTERNAL_ERROR');
  });

  it.each(['NOT_FOUND', 'GONE', 'GENERATION_NOT_READY'] as const)('says why there is none: %s', async (code) => {
    listed = () => {
      throw new AppError(code);
    };
    expectError(await gateway.ask(`GET ${route}`, { token }), code);
  });

  it('can be left in the middle without harm, and leaves no file open', async () => {
    const large = 30_000_000;
    const big = { ...fileOf('sea.wav'), key: `${id}/1/big`, bytes: large };
    await fs.writeFile(path.join(storage, big.key), Buffer.alloc(large));
    listed = () => ({ ...answer(), files: [big] });
    for (let i = 0; i < 3; i++) {
      const stopping = new AbortController();
      const headers = { authorization: `Bearer ${token}` };
      const response = await fetch(`${gateway.url}${route}`, { headers, signal: stopping.signal });
      await response.body!.getReader().read();
      stopping.abort();
    }
    const isOpen = async () => {
      const links = await fs.readdir(`/proc/${gateway.process.process.pid}/fd`);
      const targets = await Promise.all(
        links.map((link) => fs.readlink(`/proc/${gateway.process.process.pid}/fd/${link}`).catch(() => '')),
      );
      return targets.some((target) => target.endsWith(big.key));
    };
    await until(async () => !(await isOpen()), 'the file to be closed');
  });
});

describe('the provenance', () => {
  it('is shown with its signature, and its keys to everybody', async () => {
    expect((await gateway.ask(`GET /v1/generate/${id}/provenance`, { token })).body).toEqual(provenance);
    const shown = await gateway.ask('GET /.well-known/provenance.json');
    expect(shown.body).toEqual(keys);
    expect(shown.headers.get('cache-control')).toBe('public, max-age=600');
    expect(provenanceKeysRoute.response.safeParse(shown.body).success).toBe(true);
  });

  const verify = (where: string, keysAt: string) =>
    promisify(execFile)(process.execPath, [path.join(root, 'tools/verify-provenance/verify.mjs'), where, keysAt]).then(
      ({ stdout }) => ({ status: 0, stdout, stderr: '' }),
      ({ code, stdout, stderr }) => ({ status: code as number, stdout: stdout as string, stderr: stderr as string }),
    );

  it('proves a download, and shows which file was changed by one bit', async () => {
    const zip = path.join(folder, 'download.zip');
    const { bytes } = await download();
    await fs.writeFile(zip, bytes);
    const keysAt = `${gateway.url}/.well-known/provenance.json`;
    const good = await verify(zip, keysAt);
    expect(good.status).toBe(0);
    expect(good.stdout.trim().split('\n')).toEqual(Object.keys(contents).map((name) => `authentic     sea/${name}`));
    const at = bytes.indexOf(contents['sea.mp3']!.subarray(0, 64)) + 1_000;
    bytes[at]! ^= 1;
    await fs.writeFile(zip, bytes);
    const bad = await verify(zip, keysAt);
    expect(bad.status).toBe(1);
    const wrong = bad.stdout.split('\n').filter((line) => line.startsWith('NOT'));
    expect(wrong).toEqual(['NOT authentic sea/sea.mp3']);
  });

  it.each([
    [
      'says something else than what was signed',
      () => ({ ...provenance, statement: { ...provenance.statement, seed: 1 } }),
    ],
    [
      'signature of the sidecar is wrong',
      () => ({ ...provenance, jws: provenance.jws.replace(/.(?=.$)/, (letter) => (letter === 'A' ? 'B' : 'A')) }),
    ],
    ['signed by none of the keys', () => ({ ...provenance, jws: `e30.${provenance.jws.split('.')[1]}.AA` })],
  ])('is believed by nobody when the verifier finds: %s', async (problem, forged) => {
    const forgery = await fs.mkdtemp(path.join(folder, 'forged-'));
    await fs.writeFile(path.join(forgery, 'provenance.json'), JSON.stringify(forged()));
    const keysAt = path.join(forgery, '..', 'keys.json');
    await fs.writeFile(keysAt, JSON.stringify(keys));
    const { status, stderr } = await verify(forgery, keysAt);
    expect(status).toBe(2);
    expect(stderr).toContain(problem);
  });
});
