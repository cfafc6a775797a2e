import {
  changeUserRoute,
  listAllCredentials,
  listAllCredentialsRoute,
  listJobsRoute,
  listSecurityEventsRoute,
  listUsersRoute,
  requeueJobRoute,
} from '@musicgen/platform-contracts';
import { RpcClient } from '@musicgen/service-kit';
import { Controller } from '@nestjs/common';
import { actorOf } from '../audit/actor';
import { Audit } from '../audit/audit.service';
import type { Input } from '../http/input';
import { Route } from '../http/route.decorator';
import { AdminJobsService } from './admin-jobs.service';
import { AdminUsersService } from './admin-users.service';

@Controller()
export class AdminHttpController {
  constructor(
    private readonly users: AdminUsersService,
    private readonly jobs: AdminJobsService,
    private readonly audit: Audit,
    private readonly rpc: RpcClient,
  ) {}

  @Route(listUsersRoute)
  listUsers({ query }: Input<typeof listUsersRoute>) {
    return this.users.list(query);
  }

  @Route(changeUserRoute)
  changeUser({ call, params, body, request }: Input<typeof changeUserRoute>) {
    return this.users.change(params.id, body, actorOf({ call, request }));
  }

  @Route(listAllCredentialsRoute)
  listCredentials({ call, query }: Input<typeof listAllCredentialsRoute>) {
    return this.rpc.call(listAllCredentials, query, call);
  }

  @Route(listSecurityEventsRoute)
  listSecurityEvents({ query }: Input<typeof listSecurityEventsRoute>) {
    return this.audit.list(query);
  }

  @Route(listJobsRoute)
  listJobs({ call, query: { service, limit, cursor } }: Input<typeof listJobsRoute>) {
    return this.jobs.list(call, { service, limit, cursor });
  }

  @Route(requeueJobRoute)
  requeueJob({ call, params, request }: Input<typeof requeueJobRoute>) {
    return this.jobs.requeue(call, params.id, actorOf({ call, request }));
  }
}
