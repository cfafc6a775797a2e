import { z } from 'zod';
import { id } from '../ids';
import { newCredential } from '../resources/credential';
import { validationReport } from '../resources/validation';
import { defineRoute } from './define-route';

const query = z.strictObject({
  deep: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .describe('also asks what costs quota'),
});
const exampleReport = {
  valid: false,
  parts: [
    {
      name: 'api_key',
      valid: true,
      reason: 'ok',
      message: 'The platform accepts it',
      remedy: '',
      upstream_status: 200,
    },
    {
      name: 'oauth',
      valid: false,
      reason: 'insufficient_scope',
      message: 'The user did not grant a scope that this needs',
      remedy: 'Add the scope to the credential and authorise again, ticking all boxes.',
      upstream_status: 403,
    },
  ],
  checked_at: '2026-11-20T10:00:00.000Z',
};

export const validateCredentialRoute = defineRoute({
  name: 'validateCredential',
  method: 'POST',
  path: '/v1/credentials/{id}/validate',
  access: 'credentials:write',
  tag: 'Credentials',
  summary: 'Ask the platform about each part of a credential, and store its verdict',
  params: z.object({ id: id('cred') }),
  query,
  status: 200,
  response: validationReport,
  errors: ['CONFLICT', 'UPSTREAM_UNAVAILABLE'],
  example: { response: exampleReport },
});

export const validateFieldsRoute = defineRoute({
  name: 'validateFields',
  method: 'POST',
  path: '/v1/credentials/validate',
  access: 'credentials:write',
  tag: 'Credentials',
  summary: 'Ask the platform about fields that are not stored',
  query,
  body: newCredential.pick({ platform: true, fields: true }),
  status: 200,
  response: validationReport,
  errors: ['UPSTREAM_UNAVAILABLE'],
  example: {
    body: { platform: 'youtube_music', fields: { api_key: 'AIzaSyExampleExampleExampleExampleExamp' } },
    response: exampleReport,
  },
});
