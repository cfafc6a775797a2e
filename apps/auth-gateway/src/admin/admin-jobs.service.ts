import {
  jobServices,
  listDeadJobs,
  requeueDeadJob,
  type JobService,
  type PageRequest,
  type Principal,
} from '@musicgen/platform-contracts';
import { Outbox, RpcClient, type Call } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import type { Actor } from '../audit/actor';
import { Audit, type Change } from '../audit/audit.service';
import { DeliveriesService } from '../webhooks/deliveries.service';

type AdminCall = Call<Principal>;

/** Jobs that are not tried any more, of all services. Ids sort by time, whoever made them: so lists become one. */
@Injectable()
export class AdminJobsService {
  constructor(
    private readonly rpc: RpcClient,
    private readonly deliveries: DeliveriesService,
    private readonly outbox: Outbox,
    private readonly audit: Audit,
  ) {}

  async list(call: AdminCall, { service, limit, cursor }: PageRequest & { service?: JobService }) {
    const asked = service ? [service] : jobServices;
    const pages = await Promise.all(asked.map((name) => this.listOf(name, call, { limit, cursor })));
    const jobs = pages.flatMap(({ data }) => data).toSorted((a, b) => (a.id < b.id ? 1 : -1));
    const data = jobs.slice(0, limit);
    const isMore = jobs.length > limit || pages.some(({ next_cursor }) => next_cursor !== null);
    return { data, next_cursor: isMore ? data.at(-1)!.id : null };
  }

  async requeue(call: AdminCall, id: string, by: Actor) {
    const changeOf = (userId: string): Change => ({ action: 'job_requeued', target: id, users: [userId] });
    const own = await this.deliveries.requeueDead(id, (tx, userId) => this.audit.change(tx, by, changeOf(userId)));
    if (own) return { ...own, service: 'auth' as const, state: 'queued' as const };
    const job = await this.rpc.call(requeueDeadJob, { id }, call);
    await this.outbox.transaction((tx) => this.audit.change(tx, by, changeOf(job.user_id)));
    return { ...job, service: 'musicgen' as const, state: 'queued' as const };
  }

  private async listOf(service: JobService, call: AdminCall, page: PageRequest) {
    const { data, next_cursor } =
      service === 'auth' ? await this.deliveries.listDead(page) : await this.rpc.call(listDeadJobs, page, call);
    return { data: data.map((job) => ({ ...job, service, state: 'dead' as const })), next_cursor };
  }
}
