import type { EventContract } from './define-event';
import { eventContracts } from './index';

/** Everything that lasts and concerns a user can be heard outside, under the end of its subject: `generation.succeeded`. */
export const webhookEvents: ReadonlyMap<string, EventContract> = new Map(
  eventContracts.filter(({ live }) => !live).map((event) => [event.subject.split('.event.')[1]!, event]),
);

export const webhookEventTypes = [...webhookEvents.keys()] as [string, ...string[]];
