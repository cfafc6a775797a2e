import { Module } from '@nestjs/common';
import { AuditStore } from './audit.store';
import { Audit } from './audit.service';
import { Refusals } from './refusals.service';

/** To be imported by each module that changes what somebody may do. */
@Module({ providers: [Audit, AuditStore, Refusals], exports: [Audit, Refusals] })
export class AuditModule {}
