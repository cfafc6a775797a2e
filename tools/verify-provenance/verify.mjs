#!/usr/bin/env node
// Says which files of a folder or ZIP are what a provenance sidecar says they are. It shares no code with the platform.
// node tools/verify-provenance/verify.mjs <folder or ZIP> <file or URL of the keys, .well-known/provenance.json>
import { createHash, createPublicKey, verify } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { isDeepStrictEqual } from 'node:util';
import { createInflateRaw } from 'node:zlib';

const sidecarName = 'provenance.json';

/** Files by name, each with a way to read it. */
function filesOfFolder(folder) {
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map(({ parentPath, name }) => {
    const file = path.join(parentPath, name);
    return { name: path.relative(folder, file), open: () => fs.createReadStream(file) };
  });
}

/** The central directory at the end of a ZIP (APPNOTE 6.3, sections 4.3.12 and 4.3.16). */
function filesOfZip(zip) {
  const bytes = fs.readFileSync(zip);
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06'));
  if (end < 0) throw new Error(`${zip} is no ZIP file`);
  const files = [];
  let at = bytes.readUInt32LE(end + 16);
  for (let count = bytes.readUInt16LE(end + 10); count > 0; count -= 1) {
    const [isDeflated, size] = [bytes.readUInt16LE(at + 10) === 8, bytes.readUInt32LE(at + 20)];
    const [nameLength, header] = [bytes.readUInt16LE(at + 28), bytes.readUInt32LE(at + 42)];
    const start = header + 30 + bytes.readUInt16LE(header + 26) + bytes.readUInt16LE(header + 28);
    const open = () => {
      if (size === 0) return Readable.from([]);
      const stored = fs.createReadStream(zip, { start, end: start + size - 1 });
      return isDeflated ? stored.pipe(createInflateRaw()) : stored;
    };
    files.push({ name: bytes.toString('utf8', at + 46, at + 46 + nameLength), open });
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return files;
}

/** The statement, if one of the keys has signed it (RFC 7515, compact serialization; RFC 8037). */
function signedStatement({ statement, jws }, keys) {
  const [header, payload, signature] = jws.split('.');
  const { alg, kid } = JSON.parse(Buffer.from(header, 'base64url'));
  const key = keys.find((one) => one.kid === kid);
  if (alg !== 'EdDSA' || !key) throw new Error('the sidecar is signed by none of the keys');
  const publicKey = createPublicKey({ key: { kty: key.kty, crv: key.crv, x: key.x }, format: 'jwk' });
  if (!verify(null, Buffer.from(`${header}.${payload}`), publicKey, Buffer.from(signature, 'base64url'))) {
    throw new Error('the signature of the sidecar is wrong');
  }
  const signed = JSON.parse(Buffer.from(payload, 'base64url'));
  if (!isDeepStrictEqual(signed, statement)) throw new Error('the sidecar says something else than what was signed');
  return signed;
}

async function sha256(stream) {
  const hash = createHash('sha256');
  for await (const piece of stream) hash.update(piece);
  return hash.digest('hex');
}

const [where, keysAt] = process.argv.slice(2);
try {
  const files = fs.statSync(where).isDirectory() ? filesOfFolder(where) : filesOfZip(where);
  const sidecar = files.find(({ name }) => path.basename(name) === sidecarName);
  if (!sidecar) throw new Error(`there is no ${sidecarName}`);
  const keysText = /^https?:/.test(keysAt) ? await (await fetch(keysAt)).text() : fs.readFileSync(keysAt, 'utf8');
  const statement = signedStatement(JSON.parse(await buffer(sidecar.open())), JSON.parse(keysText).keys);
  const known = new Set(statement.files.map((file) => file.sha256));
  for (const { name, open } of files.filter((file) => file !== sidecar)) {
    const isAuthentic = known.has(await sha256(open()));
    if (!isAuthentic) process.exitCode = 1;
    console.log(`${isAuthentic ? 'authentic    ' : 'NOT authentic'} ${name}`);
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 2;
}
