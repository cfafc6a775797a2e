import type { GenerationStatus } from '@musicgen/platform-contracts';

const active = ['composing', 'rendering', 'encoding', 'verifying'] as const satisfies GenerationStatus[];

export const unfinishedStatuses = ['queued', ...active] as const satisfies GenerationStatus[];

/**
 * From where each status is reached. None runs backwards; stages may be skipped, as not every one is written down; a
 * failure is final for every status but `succeeded`, whose files may expire.
 */
const reachedFrom: Record<GenerationStatus, readonly GenerationStatus[]> = {
  queued: [],
  composing: ['queued'],
  rendering: ['queued', 'composing'],
  encoding: ['queued', 'composing', 'rendering'],
  verifying: ['queued', 'composing', 'rendering', 'encoding'],
  succeeded: active,
  failed: unfinishedStatuses,
  canceled: unfinishedStatuses,
  expired: ['succeeded'],
};

/**
 * The one step back, and no part of the table: an administrator has a generation tried anew whose job is dead. To everybody
 * else a failure stays final.
 */
export const requeuedFrom: GenerationStatus = 'failed';

/** The statuses that a row may have when it gets this one; a change names them in its condition. */
export const statusesBefore = (status: GenerationStatus): GenerationStatus[] => [...reachedFrom[status]];

export const stateOf = (status: GenerationStatus): 'pending' | 'active' | 'done' => {
  if (status === 'queued') return 'pending';
  return (active as readonly GenerationStatus[]).includes(status) ? 'active' : 'done';
};
