import type { z } from 'zod';
import { ownerOf, type ServiceName } from '../rpc/define-rpc';

/** A fact that one service tells others. Ids and states only: no secrets, no addresses. */
export interface EventContract<P extends z.ZodType = z.ZodType> {
  readonly subject: string;
  readonly owner: ServiceName;
  readonly subscribers: readonly ServiceName[];
  readonly payload: P;
  /** Live events go over core NATS and may be missed; the others go through the outbox to JetStream. */
  readonly live: boolean;
  /** What happened, to whoever has it sent to a webhook. */
  readonly summary?: string;
}

export type PayloadOf<E extends EventContract> = z.infer<E['payload']>;

const eventSubject = /^(?<owner>[a-z]+)\.v[1-9]\d*\.event\.[a-z_]+\.[a-z_]+$/;

/**
 * Declares an event. The subject is `<owner>.v<major>.event.<noun>.<past tense>`. All but live ones are heard by auth-gateway:
 * users can have them sent to their webhooks.
 */
export function defineEvent<P extends z.ZodType>(definition: {
  subject: string;
  subscribers: readonly ServiceName[];
  payload: P;
  live?: boolean;
  summary?: string;
}): EventContract<P> {
  const { live = false, subscribers } = definition;
  return {
    ...definition,
    live,
    owner: ownerOf(definition.subject, eventSubject),
    subscribers: live ? subscribers : [...new Set<ServiceName>(['auth', ...subscribers])],
  };
}

/** The name of a subscriber's durable consumer: one per subscriber and event. */
export const consumerName = (subscriber: ServiceName, event: EventContract): string =>
  `${subscriber}-${event.subject.replaceAll('.', '-')}`;
