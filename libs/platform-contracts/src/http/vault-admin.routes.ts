import { z } from 'zod';
import { id } from '../ids';
import { pageOf, pageQuery } from '../pages';
import { auditEntry, auditProof, keyReport } from '../resources/vault-admin';
import { defineRoute } from './define-route';

const exampleReport = {
  newest: { version: 2, fingerprint: '5c1e0a9b' },
  census: [
    { version: 2, fingerprint: '5c1e0a9b', data_keys: 20_000, passing: 0, removable: false },
    { version: 1, fingerprint: 'a07f33d2', data_keys: 0, passing: 0, removable: true },
  ],
  rotation: {
    id: 'job_01KA3V5T9ZXJ8Q4N6M2R7W1YBC',
    state: 'done',
    target_version: 2,
    total: 20_000,
    done: 20_000,
    failed: 0,
    failures: [],
    started_at: '2026-11-20T10:00:00.000Z',
    finished_at: '2026-11-20T10:00:09.000Z',
  },
};

export const reportVaultKeysRoute = defineRoute({
  name: 'reportVaultKeys',
  method: 'GET',
  path: '/v1/admin/vault/rotate-keys',
  access: 'admin',
  tag: 'Administration',
  summary: 'Which keys the vault’s data stands under, and how far their rotation has come',
  status: 200,
  response: keyReport,
  errors: [],
  example: { response: exampleReport },
});

export const rotateVaultKeysRoute = defineRoute({
  name: 'rotateVaultKeys',
  method: 'POST',
  path: '/v1/admin/vault/rotate-keys',
  access: 'admin',
  tag: 'Administration',
  summary: 'Wrap every data key under the newest key, while the vault works; `dry_run` only counts',
  body: z.strictObject({ dry_run: z.boolean().default(false) }).prefault({}),
  status: 202,
  response: keyReport,
  errors: [],
  example: { body: { dry_run: false }, response: exampleReport },
});

export const verifyVaultAuditRoute = defineRoute({
  name: 'verifyVaultAudit',
  method: 'GET',
  path: '/v1/admin/vault/verify-audit',
  access: 'admin',
  tag: 'Administration',
  summary: 'Prove that the record of uses and changes of secrets is whole',
  status: 200,
  response: auditProof,
  errors: [],
  example: {
    response: {
      is_whole: true,
      rows: 1_204,
      entries: 48_113,
      first_seq: 1,
      last_seq: 1_204,
      last_hash: '7d0f…',
      problem: null,
    },
  },
});

export const listCredentialAuditRoute = defineRoute({
  name: 'listCredentialAudit',
  method: 'GET',
  path: '/v1/credentials/{id}/audit',
  access: 'credentials:read',
  tag: 'Credentials',
  summary: 'Who used or changed the credential, and when; newest first',
  params: z.object({ id: id('cred') }),
  query: pageQuery,
  status: 200,
  response: pageOf(auditEntry),
  errors: [],
  example: {
    response: {
      data: [
        {
          at: '2026-11-20T10:00:00.000Z',
          action: 'token_issued',
          credential_id: 'cred_01KA3V5T9ZXJ8Q4N6M2R7W1YBC',
          platform: 'spotify',
          outcome: 'ok',
          user_id: 'user_01KA3V5T9ZXJ8Q4N6M2R7W1YBC',
          key_id: 'key_01KA3V5T9ZXJ8Q4N6M2R7W1YBC',
          session_id: null,
          service: 'spotify',
          request_id: 'req_01KA3V5T9ZXJ8Q4N6M2R7W1YBC',
        },
      ],
      next_cursor: null,
    },
  },
});
