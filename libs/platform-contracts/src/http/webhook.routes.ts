import { z } from 'zod';
import { id } from '../ids';
import { pageOf, pageQuery } from '../pages';
import { newWebhook, webhook, webhookDelivery, webhookWithSecret } from '../resources/webhook';
import { defineRoute } from './define-route';

const one = z.object({ id: id('hook') });
const exampleWebhook = {
  id: 'hook_01KA3V5T9ZXJ8Q4N6M2R7W1YBC',
  url: 'https://example.com/hooks/music',
  events: ['generation.succeeded', 'generation.failed'],
  mode: 'live',
  created_at: '2026-11-20T10:00:00.000Z',
  secret_rotated_at: null,
};
const exampleDelivery = {
  id: 'dlv_01KA3V5T9ZXJ8Q4N6M2R7W1YBC',
  webhook_id: exampleWebhook.id,
  event: 'generation.succeeded',
  status: 'delivered',
  request: {
    url: exampleWebhook.url,
    body: {
      type: 'generation.succeeded',
      timestamp: '2026-11-20T10:00:03.000Z',
      data: { generation_id: 'gen_01KA3V5T9ZXJ8Q4N6M2R7W1YBC', mode: 'live' },
    },
  },
  attempts: [{ at: '2026-11-20T10:00:03.100Z', duration_ms: 84, status: 204, body: '', problem: null }],
  next_attempt_at: null,
  created_at: '2026-11-20T10:00:03.000Z',
};

export const listWebhooksRoute = defineRoute({
  name: 'listWebhooks',
  method: 'GET',
  path: '/v1/webhooks',
  access: 'webhooks:manage',
  tag: 'Webhooks',
  summary: 'The caller’s endpoints of this mode, newest first',
  query: pageQuery,
  status: 200,
  response: pageOf(webhook),
  errors: [],
  example: { response: { data: [exampleWebhook], next_cursor: null } },
});

export const createWebhookRoute = defineRoute({
  name: 'createWebhook',
  method: 'POST',
  path: '/v1/webhooks',
  access: 'webhooks:manage',
  tag: 'Webhooks',
  summary: 'Register an endpoint; this answer alone holds its secret',
  body: newWebhook,
  creates: 'hook',
  status: 201,
  response: webhookWithSecret,
  errors: ['CONFLICT'],
  example: {
    body: { url: exampleWebhook.url, events: exampleWebhook.events },
    response: { ...exampleWebhook, secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' },
  },
});

export const deleteWebhookRoute = defineRoute({
  name: 'deleteWebhook',
  method: 'DELETE',
  path: '/v1/webhooks/{id}',
  access: 'webhooks:manage',
  tag: 'Webhooks',
  summary: 'Remove an endpoint with its deliveries; what waits is not sent any more',
  params: one,
  status: 204,
  errors: [],
});

export const rotateWebhookRoute = defineRoute({
  name: 'rotateWebhook',
  method: 'POST',
  path: '/v1/webhooks/{id}/rotate',
  access: 'webhooks:manage',
  tag: 'Webhooks',
  summary: 'A new secret; for 24 hours deliveries are signed with the old one too',
  params: one,
  status: 200,
  response: webhookWithSecret,
  errors: [],
  example: { response: { ...exampleWebhook, secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' } },
});

export const listWebhookDeliveriesRoute = defineRoute({
  name: 'listWebhookDeliveries',
  method: 'GET',
  path: '/v1/webhooks/{id}/deliveries',
  access: 'webhooks:manage',
  tag: 'Webhooks',
  summary: 'What was sent to the endpoint in the last 30 days, and what it answered; newest first',
  params: one,
  query: pageQuery,
  status: 200,
  response: pageOf(webhookDelivery),
  errors: [],
  example: { response: { data: [exampleDelivery], next_cursor: null } },
});

export const redeliverWebhookRoute = defineRoute({
  name: 'redeliverWebhook',
  method: 'POST',
  path: '/v1/webhooks/{id}/deliveries/{delivery}/redeliver',
  access: 'webhooks:manage',
  tag: 'Webhooks',
  summary: 'Send a delivery once more, with a new round of tries',
  params: z.object({ id: id('hook'), delivery: id('dlv') }),
  status: 202,
  response: webhookDelivery,
  errors: ['CONFLICT'],
  example: { response: { ...exampleDelivery, status: 'pending', next_attempt_at: '2026-11-20T11:00:00.000Z' } },
});
