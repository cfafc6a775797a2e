import { z } from 'zod';
import { id } from '../ids';
import { newCredential } from '../resources/credential';
import { validationReport } from '../resources/validation';
import { defineRpc } from './define-rpc';

/** Beyond what the platform needs at worst for parts that wait for each other. */
const timeoutMs = 30_000;
const deep = z.boolean().default(false).describe('also asks what costs quota');

/** Asks the platform about each part of a credential and stores what it says; CONFLICT if it kept changing meanwhile. */
export const validateCredential = defineRpc({
  subject: 'vault.v1.credential.validate',
  callers: ['auth'],
  request: z.strictObject({ id: id('cred'), deep }),
  response: validationReport,
  errors: ['NOT_FOUND', 'CONFLICT', 'UPSTREAM_UNAVAILABLE'],
  timeoutMs,
});

/** The same for fields that are not stored. */
export const validateFields = defineRpc({
  subject: 'vault.v1.credential.validate_fields',
  callers: ['auth'],
  request: newCredential.pick({ platform: true, fields: true }).extend({ deep }),
  response: validationReport,
  errors: ['VALIDATION_FAILED', 'UPSTREAM_UNAVAILABLE'],
  timeoutMs,
});
