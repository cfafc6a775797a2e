import { z } from 'zod';
import { id } from '../ids';
import { pageOf, pageRequest } from '../pages';
import { ownedCredential } from '../resources/admin';
import { platformId } from '../resources/credential';
import { auditEntry, auditProof, keyReport } from '../resources/vault-admin';
import { defineRpc } from './define-rpc';

/** How many values stand under which key, and the rotation that runs or was the last. */
export const reportKeys = defineRpc({
  subject: 'vault.v1.key.report',
  callers: ['auth'],
  request: z.strictObject({}),
  response: keyReport,
  errors: ['INSUFFICIENT_PERMISSIONS'],
  timeoutMs: 15_000,
});

/** Starts to wrap every data key under the newest key; if that runs already, nothing more. */
export const rotateKeys = defineRpc({
  subject: 'vault.v1.key.rotate',
  callers: ['auth'],
  request: z.strictObject({}),
  response: keyReport,
  errors: ['INSUFFICIENT_PERMISSIONS'],
  timeoutMs: 15_000,
});

/** Reads the whole record. */
export const verifyAudit = defineRpc({
  subject: 'vault.v1.audit.verify',
  callers: ['auth'],
  request: z.strictObject({}),
  response: auditProof,
  errors: ['INSUFFICIENT_PERMISSIONS'],
  timeoutMs: 28_000,
});

/** Who used or changed a credential, newest first. */
export const listAudit = defineRpc({
  subject: 'vault.v1.audit.list',
  callers: ['auth'],
  request: pageRequest.extend({ id: id('cred') }),
  response: pageOf(auditEntry),
  errors: ['NOT_FOUND', 'VALIDATION_FAILED'],
});

/** For an administrator: credentials of all users in both modes, without their fields. */
export const listAllCredentials = defineRpc({
  subject: 'vault.v1.credential.list_all',
  callers: ['auth'],
  request: pageRequest.extend({
    user_id: id('user').optional(),
    platform: platformId.optional(),
    active: z.boolean().optional(),
  }),
  response: pageOf(ownedCredential),
  errors: ['INSUFFICIENT_PERMISSIONS'],
});
