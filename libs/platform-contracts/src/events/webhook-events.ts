import { z } from 'zod';
import { timestamp } from '../ids';
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

/** What an endpoint is sent: the event without its user, who is the one that registered it. */
export const webhookBodyOf = (type: string, { payload }: EventContract) =>
  z.object({ type: z.literal(type), timestamp, data: (payload as z.ZodObject).omit({ user_id: true }) });
