import { AppError, invalidFields } from '@musicgen/error-codes';
import type { BodyOf, createWebhookRoute, Principal, PageRequest } from '@musicgen/platform-contracts';
import { CONFIG, KeyRing, pageRows, ownerOf } from '@musicgen/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { compileAddressList } from '../api-keys/address-list';
import type { Actor } from '../audit/actor';
import { Audit } from '../audit/audit.service';
import type { Config } from '../config';
import type { Creation } from '../idempotency/creation';
import { urlProblem } from './reachable';
import { makeSecret, oldSecretWorksForMs } from './webhook-secret';
import type { Webhook } from './webhook.entity';
import { WebhooksStore, type Alongside } from './webhooks.store';

const countMax = 20;

/** Endpoints, for their owner. */
@Injectable()
export class WebhooksService {
  constructor(
    private readonly store: WebhooksStore,
    private readonly ring: KeyRing,
    private readonly audit: Audit,
    @Inject(CONFIG) private readonly config: Pick<Config, 'webhookNetworks'>,
  ) {}

  /** The answer alone holds the secret. */
  async create(principal: Principal, request: BodyOf<typeof createWebhookRoute>, { id, seed }: Creation, by: Actor) {
    const owner = ownerOf(principal);
    const url = this.usable(request.url);
    const secret = makeSecret(seed);
    const row: Webhook = {
      id,
      ...owner,
      url,
      events: request.events,
      secret: this.ring.seal(secret, context(id)),
      oldSecret: null,
      secretRotatedAt: null,
      createdAt: new Date(),
    };
    const noted: Alongside = (tx) =>
      this.audit.change(tx, by, { action: 'webhook_created', target: id, details: { events: row.events } });
    if (await this.store.insert(row, countMax, noted)) return { ...view(row), secret };
    const stored = await this.store.find(owner, id);
    // A repeat of a request that was cut off after the row was stored, before anybody was shown the secret.
    if (stored) return { ...view(stored), secret };
    const taken = await this.store.findByUrl(owner, url);
    throw new AppError('CONFLICT', {
      details: taken ? `${taken.id} has this url` : `There can be ${countMax} endpoints; delete one`,
    });
  }

  async list(principal: Principal, { limit, cursor }: PageRequest) {
    return pageRows(await this.store.list(ownerOf(principal), limit, cursor), limit, view);
  }

  /** The secret that was the current one signs for a day more; one before it no longer. */
  async rotate(principal: Principal, id: string, by: Actor) {
    const secret = makeSecret();
    const change = (before: Webhook) => ({
      secret: this.ring.seal(secret, context(id)),
      oldSecret: before.secret,
      secretRotatedAt: new Date(),
    });
    const row = await this.store.rotate(ownerOf(principal), id, change, (tx) =>
      this.audit.change(tx, by, { action: 'webhook_rotated', target: id }),
    );
    if (!row) throw new AppError('NOT_FOUND');
    return { ...view(row), secret };
  }

  async delete(principal: Principal, id: string, by: Actor): Promise<void> {
    const noted: Alongside = (tx) => this.audit.change(tx, by, { action: 'webhook_deleted', target: id });
    if (!(await this.store.delete(ownerOf(principal), id, noted))) throw new AppError('NOT_FOUND');
  }

  /** A generation may name one of its user's endpoints. Throws VALIDATION_FAILED for any other address. */
  async useForGeneration(principal: Principal, url: string, generationId: string): Promise<void> {
    const webhook = await this.store.findByUrl(ownerOf(principal), normal(url));
    if (!webhook) {
      const problem = 'must be the url of one of your webhooks: POST /v1/webhooks';
      throw invalidFields([{ path: 'webhook_url', problem }]);
    }
    await this.store.noteGeneration(generationId, webhook.id);
  }

  /** What a delivery is signed with, now. */
  secretsOf({ id, secret, oldSecret, secretRotatedAt }: Webhook, now: number): string[] {
    const open = (sealed: Buffer) => this.ring.open(sealed, context(id)).toString();
    const isOldGood = oldSecret && secretRotatedAt && now < secretRotatedAt.getTime() + oldSecretWorksForMs;
    return isOldGood ? [open(secret), open(oldSecret)] : [open(secret)];
  }

  private usable(url: string): string {
    const networks = this.config.webhookNetworks;
    const problem = urlProblem(url, compileAddressList(networks), networks.length > 0);
    if (problem) throw invalidFields([{ path: 'url', problem }]);
    return normal(url);
  }
}

const normal = (url: string) => new URL(url).href;
const context = (id: string) => ['webhook', id];

const view = (row: Webhook) => ({
  id: row.id,
  url: row.url,
  events: row.events,
  mode: row.mode,
  created_at: row.createdAt.toISOString(),
  secret_rotated_at: row.secretRotatedAt?.toISOString() ?? null,
});
