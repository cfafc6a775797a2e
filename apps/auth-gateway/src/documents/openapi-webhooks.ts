import { createWebhookRoute, webhookBodyOf, webhookEvents } from '@musicgen/platform-contracts';
import { schemaOf } from './json-schema';

const header = (name: string, description: string) => ({
  name,
  in: 'header',
  required: true,
  description,
  schema: { type: 'string' },
});

/** Of Standard Webhooks, whose libraries check them. */
const parameters = [
  header('webhook-id', 'The id of the delivery, the same on every try: what was heard before is to be ignored'),
  header('webhook-timestamp', 'When this try was made, in seconds since 1970'),
  header('webhook-signature', '`v1,` and the HMAC-SHA256 under the endpoint’s secret; two of them after a rotation'),
];

const responses = {
  '2XX': { description: 'It counts as delivered' },
  default: { description: 'It is tried again, up to eight times within a day; a redirect is not followed' },
};

/** What an endpoint is sent: a request for each type of event that it may register for. */
export const openApiWebhooks = Object.fromEntries(
  [...webhookEvents].map(([type, event]) => [
    type,
    {
      post: {
        operationId: type,
        tags: [createWebhookRoute.tag],
        summary: event.summary,
        parameters,
        requestBody: {
          required: true,
          content: { 'application/json': { schema: schemaOf(webhookBodyOf(type, event), 'output') } },
        },
        responses,
      },
    },
  ]),
);
