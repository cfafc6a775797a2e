import type { z } from 'zod';
import type { EventContract } from './define-event';
import { eventContracts } from './index';

/**
 * Everything that lasts and happens to a user's things can be heard outside, under the end of its subject:
 * `generation.succeeded`. What tells of no mode (a user's deletion) is nothing for an endpoint, which is of one.
 */
export const webhookEvents: ReadonlyMap<string, EventContract> = new Map(
  eventContracts
    .filter(({ live, payload }) => !live && 'mode' in (payload as z.ZodObject).shape)
    .map((event) => [event.subject.split('.event.')[1]!, event]),
);

export const webhookEventTypes = [...webhookEvents.keys()] as [string, ...string[]];
