import {
  createWebhookRoute,
  deleteWebhookRoute,
  listWebhookDeliveriesRoute,
  listWebhooksRoute,
  redeliverWebhookRoute,
  rotateWebhookRoute,
} from '@musicgen/platform-contracts';
import { Controller } from '@nestjs/common';
import { actorOf } from '../audit/actor';
import type { Input } from '../http/input';
import { Route } from '../http/route.decorator';
import { DeliveriesService } from './deliveries.service';
import { WebhooksService } from './webhooks.service';

@Controller()
export class WebhooksHttpController {
  constructor(
    private readonly webhooks: WebhooksService,
    private readonly deliveries: DeliveriesService,
  ) {}

  @Route(listWebhooksRoute)
  list({ call, query }: Input<typeof listWebhooksRoute>) {
    return this.webhooks.list(call.principal, query);
  }

  @Route(createWebhookRoute)
  create({ call, request, body, creation }: Input<typeof createWebhookRoute>) {
    return this.webhooks.create(call.principal, body, creation, actorOf({ call, request }));
  }

  @Route(deleteWebhookRoute)
  delete({ call, request, params }: Input<typeof deleteWebhookRoute>) {
    return this.webhooks.delete(call.principal, params.id, actorOf({ call, request }));
  }

  @Route(rotateWebhookRoute)
  rotate({ call, request, params }: Input<typeof rotateWebhookRoute>) {
    return this.webhooks.rotate(call.principal, params.id, actorOf({ call, request }));
  }

  @Route(listWebhookDeliveriesRoute)
  listDeliveries({ call, params, query }: Input<typeof listWebhookDeliveriesRoute>) {
    return this.deliveries.list(call.principal, params.id, query);
  }

  @Route(redeliverWebhookRoute)
  redeliver({ call, params }: Input<typeof redeliverWebhookRoute>) {
    return this.deliveries.redeliver(call.principal, params.id, params.delivery);
  }
}
