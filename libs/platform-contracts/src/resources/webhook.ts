import { z } from 'zod';
import { webhookEventTypes } from '../events/webhook-events';
import { id, timestamp } from '../ids';
import { modes } from '../principal';

const eventTypes = z
  .array(z.enum(webhookEventTypes))
  .min(1)
  .max(webhookEventTypes.length)
  .transform((types) => [...new Set(types)]);

/** https, or http where the installation's own network may be reached; which addresses are forbidden is checked on sending. */
const webhookUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).max(2_000);

export const newWebhook = z.strictObject({ url: webhookUrl, events: eventTypes });

export const webhook = z.object({
  id: id('hook'),
  url: z.string(),
  events: z.array(z.string()),
  mode: z.enum(modes),
  created_at: timestamp,
  secret_rotated_at: timestamp.nullable(),
});

/** Shown when it is made and when it is rotated, never again. */
export const webhookWithSecret = webhook.extend({
  secret: z.string().describe('whsec_…: signs every delivery, as Standard Webhooks says'),
});

const attempt = z.object({
  at: timestamp,
  duration_ms: z.number().int(),
  status: z.number().int().nullable().describe('of the answer; null if there was none'),
  body: z.string().nullable().describe('how the answer began'),
  problem: z.string().nullable().describe('why it does not count as delivered'),
});

export const webhookDelivery = z.object({
  id: id('dlv').describe('also the header webhook-id, the same on every try'),
  webhook_id: id('hook'),
  event: z.string(),
  status: z.enum(['pending', 'delivered', 'failed']),
  request: z.object({ url: z.string(), body: z.record(z.string(), z.unknown()) }),
  attempts: z.array(attempt).describe('oldest first; at most the last twenty'),
  next_attempt_at: timestamp.nullable(),
  created_at: timestamp,
});
