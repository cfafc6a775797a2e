import { z } from 'zod';
import { id, timestamp } from '../ids';
import { fileReference } from '../resources/generation';
import { provenance, provenanceKeys } from '../resources/provenance';
import { defineRpc } from './define-rpc';

const one = z.strictObject({ id: id('gen') });

/** Every file of a succeeded generation, with what each is called in an archive, and the sidecar that tells of them all. */
export const listArtefacts = defineRpc({
  subject: 'musicgen.v1.artefact.list',
  callers: ['auth'],
  request: one,
  response: z.object({
    /** Of the archive, without an extension. */
    name: z.string(),
    created_at: timestamp,
    files: z.array(fileReference),
    provenance,
  }),
  errors: ['NOT_FOUND', 'GENERATION_NOT_READY', 'GONE'],
});

/** The signed sidecar. It stays when the files have expired: who has them can still prove where they come from. */
export const getProvenance = defineRpc({
  subject: 'musicgen.v1.provenance.get',
  callers: ['auth'],
  request: one,
  response: provenance,
  errors: ['NOT_FOUND', 'GENERATION_NOT_READY'],
});

export const listProvenanceKeys = defineRpc({
  subject: 'musicgen.v1.provenance_key.list',
  callers: ['auth'],
  principal: 'none',
  request: z.strictObject({}),
  response: provenanceKeys,
  errors: [],
});
