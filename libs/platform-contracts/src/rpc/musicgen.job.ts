import { z } from 'zod';
import { id } from '../ids';
import { pageOf, pageRequest } from '../pages';
import { deadJob } from '../resources/admin';
import { defineRpc } from './define-rpc';

/** For an administrator: generations' jobs that are not tried any more, of all users. */
export const listDeadJobs = defineRpc({
  subject: 'musicgen.v1.job.list',
  callers: ['auth'],
  request: pageRequest,
  response: pageOf(deadJob),
  errors: ['INSUFFICIENT_PERMISSIONS'],
});

/** For an administrator: its generation goes from failed back to queued, with a new unit of its user's day. */
export const requeueDeadJob = defineRpc({
  subject: 'musicgen.v1.job.requeue',
  callers: ['auth'],
  request: z.strictObject({ id: id('job') }),
  response: deadJob,
  errors: ['NOT_FOUND', 'INSUFFICIENT_PERMISSIONS', 'QUOTA_EXCEEDED', 'CONFLICT'],
});
