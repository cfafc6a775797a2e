import { listDeadJobs, requeueDeadJob, type Principal, type RequestOf } from '@musicgen/platform-contracts';
import { Rpc, type Call } from '@musicgen/service-kit';
import { Controller } from '@nestjs/common';
import { DeadJobsService } from './dead-jobs.service';

@Controller()
export class DeadJobsRpcController {
  constructor(private readonly jobs: DeadJobsService) {}

  @Rpc(listDeadJobs)
  list(request: RequestOf<typeof listDeadJobs>, { principal }: Call<Principal>) {
    return this.jobs.list(principal, request);
  }

  @Rpc(requeueDeadJob)
  requeue({ id }: RequestOf<typeof requeueDeadJob>, { principal }: Call<Principal>) {
    return this.jobs.requeue(principal, id);
  }
}
