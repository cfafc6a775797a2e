import { z } from 'zod';
import { id } from '../ids';
import { provenance, provenanceKeys } from '../resources/provenance';
import { defineRoute } from './define-route';

const tag = 'Generations';
const one = z.object({ id: id('gen') });

export const getProvenanceRoute = defineRoute({
  name: 'getProvenance',
  method: 'GET',
  path: '/v1/generate/{id}/provenance',
  access: 'generate',
  tag,
  summary: 'Where the files come from, with the SHA-256 of each, signed; the keys are at /.well-known/provenance.json',
  params: one,
  status: 200,
  response: provenance,
  errors: ['GENERATION_NOT_READY'],
  example: {
    response: {
      statement: {
        generation_id: 'gen_01KA3V5T9ZXJ8Q4N6M2R7W1YBC',
        model: 'composer-1',
        engine_version: 'composer-1.2.0+sound.2',
        bank_sha256: '0aab3a5ddbf0ff4a10a2a2ac2d1e7c1ab4a0a3d3e0a1f4c5b6d7e8f9a0b1c2d3',
        prompt_sha256: '5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef',
        seed: 2718281828,
        digital_source_type: 'http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia',
        created_at: '2026-11-20T10:00:00.000Z',
        files: [
          {
            name: 'mix',
            kind: 'mix',
            format: 'mp3',
            bytes: 721_000,
            sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
          },
        ],
      },
      jws: 'eyJhbGciOiJFZERTQSJ9.eyJnZW5lcmF0aW9uX2lkIjoi….…',
    },
  },
});

export const downloadRoute = defineRoute({
  name: 'download',
  method: 'GET',
  path: '/v1/generate/{id}/download',
  access: 'generate',
  tag,
  summary: 'All files and the provenance, as a ZIP; Range and ETag are understood',
  params: one,
  status: 200,
  produces: ['application/zip'],
  errors: ['GENERATION_NOT_READY', 'GONE'],
});

export const provenanceKeysRoute = defineRoute({
  name: 'provenanceKeys',
  method: 'GET',
  path: '/.well-known/provenance.json',
  access: 'anonymous',
  counted: 'never',
  tag,
  summary: 'Public keys of provenance sidecars',
  status: 200,
  response: provenanceKeys,
  errors: [],
  example: {
    response: { keys: [{ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', kid: '…', x: '…' }] },
  },
});
