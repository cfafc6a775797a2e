import { z } from 'zod';
import { generationUsage, usageRange } from '../resources/usage';
import { defineRpc } from './define-rpc';

/** Generations by day, key and outcome, newest day first; of the principal, in his mode. */
export const listGenerationUsage = defineRpc({
  subject: 'musicgen.v1.usage.list',
  callers: ['auth'],
  request: usageRange,
  response: z.object({ data: z.array(generationUsage), truncated: z.boolean() }),
  errors: ['VALIDATION_FAILED'],
  timeoutMs: 2_000,
});
