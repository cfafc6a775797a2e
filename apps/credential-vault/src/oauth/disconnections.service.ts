import { AppError } from '@musicgen/error-codes';
import type { CredentialView, Principal } from '@musicgen/platform-contracts';
import type { Call } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service';
import { CredentialChanges } from '../credentials/credential-changes';
import { CredentialsService } from '../credentials/credentials.service';
import { CredentialsStore } from '../credentials/credentials.store';
import { Grants } from '../grants/grants';
import { Revocations } from './revocations.service';

/** Parts a user's account from his credential. */
@Injectable()
export class Disconnections {
  constructor(
    private readonly store: CredentialsStore,
    private readonly credentials: CredentialsService,
    private readonly grants: Grants,
    private readonly revocations: Revocations,
    private readonly changes: CredentialChanges,
    private readonly audit: Audit,
  ) {}

  /** Drops the tokens and keeps the client. */
  async disconnect(call: Call<Principal>, id: string): Promise<CredentialView> {
    const { principal } = call;
    const disconnected = await this.store.transaction(async (tx) => {
      const credential = await this.store.findForUpdate(tx, principal, id);
      if (!credential) throw new AppError('NOT_FOUND');
      await this.revocations.addOf(tx, credential);
      await this.grants.drop(tx, credential);
      const state = { state: 'unverified' as const, validationError: null, updatedAt: new Date() };
      await this.store.update(tx, principal, id, state);
      await this.audit.change(tx, call, credential, 'disconnected');
      return credential;
    });
    this.changes.tell(disconnected);
    this.revocations.wake();
    return this.credentials.get(principal, id);
  }
}
