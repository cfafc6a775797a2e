import { z } from 'zod';
import { id } from '../ids';
import { pageOf, pageQuery } from '../pages';
import {
  credential,
  credentialChange,
  credentialFilter,
  credentialSummary,
  newCredential,
  platformId,
} from '../resources/credential';
import { platformChange, platformView } from '../resources/platform';
import { defineRoute } from './define-route';

const one = z.object({ id: id('cred') });
const exampleCredential = {
  id: 'cred_01KA3V5T9ZXJ8Q4N6M2R7W1YBC',
  platform: 'spotify',
  name: 'my app',
  description: null,
  fields: {
    client_id: '0123456789abcdef0123456789abcdef',
    client_secret: { set: true, hint: '…9f2c' },
    redirect_uri: 'https://example.com/callback',
  },
  warnings: [],
  is_active: true,
  shared: false,
  state: 'unverified',
  last_validated: null,
  validation_error: null,
  mode: 'live',
  created_at: '2026-11-20T10:00:00.000Z',
  updated_at: '2026-11-20T10:00:00.000Z',
};
const { fields: _, warnings: __, ...exampleSummary } = exampleCredential;
const examplePlatform = {
  id: 'spotify',
  name: 'Spotify',
  link: 'https://developer.spotify.com/dashboard',
  oauth: true,
  connectable: 'own' as const,
  fields: [{ name: 'client_id', label: 'Client ID', kind: 'text', secret: false, required: true, together: [] }],
  active_credential: exampleSummary,
};

export const listPlatformsRoute = defineRoute({
  name: 'listPlatforms',
  method: 'GET',
  path: '/v1/platforms',
  access: 'credentials:read',
  tag: 'Platforms',
  summary: 'The platforms, each with its form and active credential',
  status: 200,
  query: pageQuery,
  response: pageOf(platformView),
  errors: [],
  example: { response: { data: [examplePlatform], next_cursor: null } },
});

export const getPlatformRoute = defineRoute({
  name: 'getPlatform',
  method: 'GET',
  path: '/v1/platforms/{platform}',
  access: 'credentials:read',
  tag: 'Platforms',
  summary: 'One platform',
  params: z.object({ platform: platformId }),
  status: 200,
  response: platformView,
  errors: [],
  example: { response: examplePlatform },
});

export const setPlatformRoute = defineRoute({
  name: 'setPlatform',
  method: 'PUT',
  path: '/v1/platforms/{platform}',
  access: 'credentials:write',
  tag: 'Platforms',
  summary: 'Choose the platform’s active credential, and where it is reached',
  params: z.object({ platform: platformId }),
  body: platformChange,
  status: 200,
  response: platformView,
  errors: [],
  example: {
    body: { link: 'https://open.spotify.com', credential_id: exampleCredential.id },
    response: examplePlatform,
  },
});

export const listCredentialsRoute = defineRoute({
  name: 'listCredentials',
  method: 'GET',
  path: '/v1/credentials',
  access: 'credentials:read',
  tag: 'Credentials',
  summary: 'The caller’s credentials of this mode, newest first',
  query: pageQuery.extend({
    ...credentialFilter,
    active: z
      .enum(['true', 'false'])
      .transform((text) => text === 'true')
      .optional(),
  }),
  status: 200,
  response: pageOf(credentialSummary),
  errors: [],
  example: { response: { data: [exampleSummary], next_cursor: null } },
});

export const createCredentialRoute = defineRoute({
  name: 'createCredential',
  method: 'POST',
  path: '/v1/credentials',
  access: 'credentials:write',
  tag: 'Credentials',
  summary: 'Store a credential, encrypted',
  creates: 'cred',
  body: newCredential,
  status: 201,
  response: credential,
  errors: ['CONFLICT'],
  example: {
    body: {
      platform: 'spotify',
      name: 'my app',
      activate: true,
      fields: {
        client_id: '0123456789abcdef0123456789abcdef',
        client_secret: 'fedcba9876543210fedcba9876543210',
        redirect_uri: 'https://example.com/callback',
      },
    },
    response: exampleCredential,
  },
});

export const getCredentialRoute = defineRoute({
  name: 'getCredential',
  method: 'GET',
  path: '/v1/credentials/{id}',
  access: 'credentials:read',
  tag: 'Credentials',
  summary: 'One credential; secret fields are masked',
  params: one,
  status: 200,
  response: credential,
  errors: [],
  example: { response: exampleCredential },
});

export const updateCredentialRoute = defineRoute({
  name: 'updateCredential',
  method: 'PATCH',
  path: '/v1/credentials/{id}',
  access: 'credentials:write',
  tag: 'Credentials',
  summary: 'Change fields, name or description',
  params: one,
  body: credentialChange,
  status: 200,
  response: credential,
  errors: [],
  example: { body: { fields: { client_secret: 'fedcba9876543210fedcba9876543210' } }, response: exampleCredential },
});

export const activateCredentialRoute = defineRoute({
  name: 'activateCredential',
  method: 'POST',
  path: '/v1/credentials/{id}/activate',
  access: 'credentials:write',
  tag: 'Credentials',
  summary: 'Make it the platform’s active credential',
  params: one,
  status: 200,
  response: credential,
  errors: [],
  example: { response: exampleCredential },
});

export const deactivateCredentialRoute = defineRoute({
  name: 'deactivateCredential',
  method: 'POST',
  path: '/v1/credentials/{id}/deactivate',
  access: 'credentials:write',
  tag: 'Credentials',
  summary: 'Leave the platform without an active credential',
  params: one,
  status: 200,
  response: credential,
  errors: [],
  example: { response: { ...exampleCredential, is_active: false } },
});

export const deleteCredentialRoute = defineRoute({
  name: 'deleteCredential',
  method: 'DELETE',
  path: '/v1/credentials/{id}',
  access: 'credentials:write',
  tag: 'Credentials',
  summary: 'Delete a credential and destroy its data key',
  params: one,
  status: 204,
  errors: [],
});
