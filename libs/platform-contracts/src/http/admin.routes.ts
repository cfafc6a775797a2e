import { z } from 'zod';
import { id } from '../ids';
import { pageOf, pageQuery } from '../pages';
import { roles, tierNames } from '../principal';
import {
  adminJob,
  adminUser,
  jobServices,
  ownedCredential,
  securityActions,
  securityEvent,
  userChange,
} from '../resources/admin';
import { platformId } from '../resources/credential';
import { defineRoute } from './define-route';

const yesOrNo = z.enum(['true', 'false']).transform((text) => text === 'true');
const instant = z.iso.datetime({ offset: true, error: 'must be an ISO 8601 time' });

const exampleUser = {
  id: 'user_01KA3V5T9ZXJ8Q4N6M2R7W1YBC',
  email: 'user@example.com',
  name: 'Ada',
  tier: 'pro',
  role: 'user',
  locked: false,
  email_verified_at: '2026-11-20T10:05:00.000Z',
  created_at: '2026-11-20T10:00:00.000Z',
};
const exampleJob = {
  id: 'job_01KA3V5T9ZXJ8Q4N6M2R7W1YBC',
  service: 'musicgen',
  kind: 'generation',
  state: 'dead',
  resource_id: 'gen_01KA3V5T9ZXJ8Q4N6M2R7W1YBC',
  user_id: exampleUser.id,
  mode: 'live',
  attempts: 5,
  problem: 'INTERNAL_ERROR',
  request_id: 'req_01KA3V5T9ZXJ8Q4N6M2R7W1YBC',
  created_at: '2026-11-20T10:00:00.000Z',
  finished_at: '2026-11-20T10:04:00.000Z',
};

export const listUsersRoute = defineRoute({
  name: 'listUsers',
  method: 'GET',
  path: '/v1/admin/users',
  access: 'admin',
  tag: 'Administration',
  summary: 'Users, newest first',
  query: pageQuery.extend({
    q: z.string().trim().min(1).max(200).describe('a part of the e-mail address or the name, or the id').optional(),
    tier: z.enum(tierNames).optional(),
    role: z.enum(roles).optional(),
    locked: yesOrNo.optional(),
  }),
  status: 200,
  response: pageOf(adminUser),
  errors: [],
  example: { response: { data: [exampleUser], next_cursor: null } },
});

export const changeUserRoute = defineRoute({
  name: 'changeUser',
  method: 'PATCH',
  path: '/v1/admin/users/{id}',
  access: 'admin',
  tag: 'Administration',
  summary:
    'Change tier, role or lock, everywhere within a second; a lock ends the user’s sessions. An administrator remains',
  params: z.object({ id: id('user') }),
  body: userChange,
  status: 200,
  response: adminUser,
  errors: ['CONFLICT'],
  example: { body: { tier: 'enterprise' }, response: { ...exampleUser, tier: 'enterprise' } },
});

export const listAllCredentialsRoute = defineRoute({
  name: 'listAllCredentials',
  method: 'GET',
  path: '/v1/admin/credentials',
  access: 'admin',
  tag: 'Administration',
  summary: 'Credentials of all users in both modes, newest first, without their fields',
  query: pageQuery.extend({
    user_id: id('user').optional(),
    platform: platformId.optional(),
    active: yesOrNo.optional(),
  }),
  status: 200,
  response: pageOf(ownedCredential),
  errors: [],
  example: {
    response: {
      data: [
        {
          id: 'cred_01KA3V5T9ZXJ8Q4N6M2R7W1YBC',
          user_id: exampleUser.id,
          platform: 'spotify',
          name: 'mine',
          description: null,
          is_active: true,
          shared: false,
          state: 'valid',
          last_validated: '2026-11-20T10:00:00.000Z',
          validation_error: null,
          mode: 'live',
          created_at: '2026-11-20T10:00:00.000Z',
          updated_at: '2026-11-20T10:00:00.000Z',
        },
      ],
      next_cursor: null,
    },
  },
});

export const listSecurityEventsRoute = defineRoute({
  name: 'listSecurityEvents',
  method: 'GET',
  path: '/v1/admin/audit',
  access: 'admin',
  tag: 'Administration',
  summary: 'Who logged in, failed to, or changed what; newest first, for 400 days',
  query: pageQuery.extend({
    user_id: id('user').describe('who did it, or whom it concerns').optional(),
    action: z.enum(securityActions).optional(),
    from: instant.optional(),
    to: instant.describe('not included').optional(),
  }),
  status: 200,
  response: pageOf(securityEvent),
  errors: [],
  example: {
    response: {
      data: [
        {
          id: 'evt_01KA3V5T9ZXJ8Q4N6M2R7W1YBC',
          at: '2026-11-20T10:00:00.000Z',
          action: 'login',
          outcome: 'INVALID_CREDENTIALS',
          user_id: null,
          key_id: null,
          session_id: null,
          address: '203.0.113.7/32',
          request_id: null,
          target_id: null,
          users: [exampleUser.id],
          details: {},
          count: 7,
        },
      ],
      next_cursor: null,
    },
  },
});

export const listJobsRoute = defineRoute({
  name: 'listJobs',
  method: 'GET',
  path: '/v1/admin/jobs',
  access: 'admin',
  tag: 'Administration',
  summary: 'Jobs that are not tried any more, newest first; of all services unless one is named',
  query: pageQuery.extend({ service: z.enum(jobServices).optional(), state: z.literal('dead').default('dead') }),
  status: 200,
  response: pageOf(adminJob),
  errors: [],
  example: { response: { data: [exampleJob], next_cursor: null } },
});

export const requeueJobRoute = defineRoute({
  name: 'requeueJob',
  method: 'POST',
  path: '/v1/admin/jobs/{id}/requeue',
  access: 'admin',
  tag: 'Administration',
  summary: 'Try a dead job anew; its generation is queued again and takes a unit of its user’s day',
  params: z.object({ id: id('job') }),
  status: 202,
  response: adminJob,
  errors: ['CONFLICT', 'QUOTA_EXCEEDED'],
  example: { response: { ...exampleJob, state: 'queued' } },
});
