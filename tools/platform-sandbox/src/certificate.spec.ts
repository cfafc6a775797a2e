import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { readCertificate } from './certificate';
import { readConfig } from './config';

let dir: string;
beforeAll(async () => void (dir = await mkdtemp(path.join(os.tmpdir(), 'certificate-'))));
afterAll(() => rm(dir, { recursive: true }));

describe('the certificate', () => {
  it('is read from the two files that are named', async () => {
    const [TLS_CERT_FILE, TLS_KEY_FILE] = [path.join(dir, 'cert.pem'), path.join(dir, 'key.pem')];
    await writeFile(TLS_CERT_FILE, 'a certificate');
    await writeFile(TLS_KEY_FILE, 'its key');
    const certificate = await readCertificate(readConfig({ TLS_CERT_FILE, TLS_KEY_FILE }));
    expect(certificate).toEqual({ cert: 'a certificate', key: 'its key' });
  });

  it('is none where none is named, and a file that is not there is missed by name', async () => {
    expect(await readCertificate(readConfig({}))).toBeUndefined();
    const missing = readConfig({
      TLS_CERT_FILE: path.join(dir, 'nowhere.pem'),
      TLS_KEY_FILE: path.join(dir, 'key.pem'),
    });
    await expect(readCertificate(missing)).rejects.toThrow('nowhere.pem');
  });
});
