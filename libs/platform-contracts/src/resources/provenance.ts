import { z } from 'zod';
import { id, timestamp } from '../ids';
import { audioFormats } from './generation';

/** Where a piece comes from: what the signature covers. Of the prompt there is only a hash, so that it can be shown to anybody. */
export const provenanceStatement = z.object({
  generation_id: id('gen'),
  model: z.string(),
  engine_version: z.string(),
  bank_sha256: z.string().nullable(),
  prompt_sha256: z.string(),
  seed: z.number().int(),
  digital_source_type: z.url().describe('a term of IPTC’s vocabulary'),
  created_at: timestamp,
  files: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(['mix', 'stem', 'midi', 'waveform']),
      format: z.enum([...audioFormats, 'mid', 'json']),
      bytes: z.number().int(),
      sha256: z.string(),
    }),
  ),
});
export type ProvenanceStatement = z.infer<typeof provenanceStatement>;

/** The sidecar: the statement to be read, and the same statement signed (JWS, RFC 7515, compact; Ed25519). */
export const provenance = z.object({ statement: provenanceStatement, jws: z.string() });
export type Provenance = z.infer<typeof provenance>;

/** Public keys of sidecars, as a JWK Set (RFC 7517). */
export const provenanceKeys = z.object({
  keys: z.array(
    z.object({
      kty: z.literal('OKP'),
      crv: z.literal('Ed25519'),
      alg: z.literal('EdDSA'),
      use: z.literal('sig'),
      kid: z.string(),
      x: z.string(),
    }),
  ),
});
