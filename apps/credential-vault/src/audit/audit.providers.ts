import { AuditRecord } from './audit-record.service';
import { Audit } from './audit.service';
import { AuditStore } from './audit.store';

export const auditProviders = [Audit, AuditRecord, AuditStore];
