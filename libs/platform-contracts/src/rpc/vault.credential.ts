import { z } from 'zod';
import { id } from '../ids';
import { pageOf, pageRequest } from '../pages';
import {
  credential,
  credentialChange,
  credentialFilter,
  credentialSummary,
  newCredential,
} from '../resources/credential';
import { defineRpc } from './define-rpc';

const one = z.strictObject({ id: id('cred') });

/** Stores a credential of the principal, encrypted. The same id again answers the credential that is there. */
export const createCredential = defineRpc({
  subject: 'vault.v1.credential.create',
  callers: ['auth'],
  request: newCredential.extend({ id: id('cred') }),
  response: credential,
  errors: ['VALIDATION_FAILED', 'CONFLICT'],
});

export const listCredentials = defineRpc({
  subject: 'vault.v1.credential.list',
  callers: ['auth'],
  request: pageRequest.extend({ ...credentialFilter, active: z.boolean().optional() }),
  response: pageOf(credentialSummary),
  errors: ['VALIDATION_FAILED'],
});

export const getCredential = defineRpc({
  subject: 'vault.v1.credential.get',
  callers: ['auth'],
  request: one,
  response: credential,
  errors: ['NOT_FOUND'],
});

/** Changes fields, name or description; a changed field makes the state `unverified`. */
export const updateCredential = defineRpc({
  subject: 'vault.v1.credential.update',
  callers: ['auth'],
  request: credentialChange.extend({ id: id('cred') }),
  response: credential,
  errors: ['NOT_FOUND', 'VALIDATION_FAILED'],
});

/** Makes it the platform's active credential; the one that was active no longer is, in the same transaction. */
export const activateCredential = defineRpc({
  subject: 'vault.v1.credential.activate',
  callers: ['auth'],
  request: one,
  response: credential,
  errors: ['NOT_FOUND'],
});

export const deactivateCredential = defineRpc({
  subject: 'vault.v1.credential.deactivate',
  callers: ['auth'],
  request: one,
  response: credential,
  errors: ['NOT_FOUND'],
});

/** Deletes the credential and destroys its data key. */
export const deleteCredential = defineRpc({
  subject: 'vault.v1.credential.delete',
  callers: ['auth'],
  request: one,
  response: z.object({}),
  errors: ['NOT_FOUND'],
});
