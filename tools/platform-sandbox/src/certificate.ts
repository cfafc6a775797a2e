import { readFile } from 'node:fs/promises';
import type { Config } from './config';
import type { Certificate } from './server';

/** What the sandbox shows of itself under https; undefined: it speaks http. */
export async function readCertificate({ TLS_CERT_FILE, TLS_KEY_FILE }: Config): Promise<Certificate | undefined> {
  if (TLS_CERT_FILE === undefined || TLS_KEY_FILE === undefined) return undefined;
  const [cert, key] = await Promise.all([readFile(TLS_CERT_FILE, 'utf8'), readFile(TLS_KEY_FILE, 'utf8')]);
  return { cert, key };
}
