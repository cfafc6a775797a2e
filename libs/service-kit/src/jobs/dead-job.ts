import type { DeadJobView } from '@musicgen/platform-contracts';
import type { DeadJob } from './job.store';

/** A dead job as an administrator sees it. */
export const deadJobView = (job: DeadJob): DeadJobView => ({
  id: job.id,
  kind: job.kind,
  resource_id: job.resourceId,
  user_id: job.userId,
  mode: job.mode,
  attempts: job.attempts,
  problem: job.problem,
  request_id: job.requestId,
  created_at: job.createdAt.toISOString(),
  finished_at: job.finishedAt.toISOString(),
});
