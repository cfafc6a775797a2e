import { AppError } from '@musicgen/error-codes';
import {
  createCredential,
  credentialDeleted,
  listCredentials,
  updateCredential,
  warnings,
  type CredentialView,
  type Principal,
  type RequestOf,
} from '@musicgen/platform-contracts';
import { KeyRing, Outbox, pageRows } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { checkFields, definitionOf, mask, mergeFields } from './credential-fields';
import type { Credential } from './credential.entity';
import { CredentialsStore } from './credentials.store';
import { Envelope } from './envelope';

/** Stores, shows, changes and deletes credentials. Secrets go in; what comes out is masked. */
@Injectable()
export class CredentialsService {
  constructor(
    private readonly store: CredentialsStore,
    private readonly ring: KeyRing,
    private readonly outbox: Outbox,
  ) {}

  async create(principal: Principal, request: RequestOf<typeof createCredential>): Promise<CredentialView> {
    const { open, secret } = checkFields(definitionOf(request.platform), request.fields);
    const binding = { id: request.id, userId: principal.user_id, mode: principal.mode };
    const envelope = Envelope.create(this.ring, binding);
    const now = new Date();
    const credential: Credential = {
      ...binding,
      platform: request.platform,
      name: request.name ?? null,
      description: request.description ?? null,
      fields: open,
      secrets: envelope.sealAll(secret),
      dataKey: envelope.wrapped,
      isActive: false,
      state: 'unverified',
      lastValidated: null,
      validationError: null,
      createdAt: now,
      updatedAt: now,
    };
    const isNew = await this.store.transaction(async (tx) => {
      const isNew = await this.store.insert(tx, credential);
      if (isNew && request.activate) await this.store.activate(tx, principal, credential, now);
      return isNew;
    });
    return isNew ? this.view({ ...credential, isActive: request.activate }) : this.existing(principal, request.id);
  }

  async get(principal: Principal, id: string): Promise<CredentialView> {
    return this.view(found(await this.store.find(principal, id)));
  }

  async list(principal: Principal, request: RequestOf<typeof listCredentials>) {
    return pageRows(await this.store.list(principal, request), request.limit, summary);
  }

  async listActive(principal: Principal) {
    return { data: (await this.store.listActive(principal)).map(summary) };
  }

  async update(
    principal: Principal,
    { id, fields, ...texts }: RequestOf<typeof updateCredential>,
  ): Promise<CredentialView> {
    await this.store.transaction(async (tx) => {
      const credential = found(await this.store.findForUpdate(tx, principal, id));
      const changed = fields ? this.changeFields(credential, fields) : {};
      await this.store.update(tx, principal, id, { ...texts, ...changed, updatedAt: new Date() });
    });
    return this.get(principal, id);
  }

  async activate(principal: Principal, id: string): Promise<CredentialView> {
    await this.store.transaction(async (tx) => {
      const credential = found(await this.store.find(principal, id, tx));
      if (!(await this.store.activate(tx, principal, credential, new Date()))) throw new AppError('NOT_FOUND');
    });
    return this.get(principal, id);
  }

  async deactivate(principal: Principal, id: string): Promise<CredentialView> {
    await this.store.transaction(async (tx) => {
      found(await this.store.findForUpdate(tx, principal, id));
      await this.store.update(tx, principal, id, { isActive: false, updatedAt: new Date() });
    });
    return this.get(principal, id);
  }

  async delete(principal: Principal, id: string): Promise<void> {
    await this.outbox.transaction(async (tx, emit) => {
      const { platform, userId, mode } = found(await this.store.delete(tx, principal, id));
      await emit(credentialDeleted, { credential_id: id, user_id: userId, platform, mode });
    });
  }

  /** The same request came twice: the answer is what the first one made. */
  private async existing(principal: Principal, id: string): Promise<CredentialView> {
    const credential = await this.store.find(principal, id);
    if (!credential) throw new AppError('CONFLICT', { details: 'The id is taken' });
    return this.view(credential);
  }

  private changeFields(credential: Credential, changes: Record<string, unknown>) {
    const envelope = Envelope.open(this.ring, credential, credential.dataKey);
    const stored = { ...credential.fields, ...envelope.openAll(credential.secrets) };
    const platform = definitionOf(credential.platform);
    const { open, secret } = checkFields(platform, mergeFields(platform, stored, changes));
    return {
      fields: open,
      secrets: envelope.sealAll(secret),
      state: 'unverified' as const,
      lastValidated: null,
      validationError: null,
    };
  }

  private view(credential: Credential): CredentialView {
    const platform = definitionOf(credential.platform);
    const secrets = Envelope.open(this.ring, credential, credential.dataKey).openAll(credential.secrets);
    const masked = Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, mask(value)]));
    return {
      ...summary(credential),
      fields: { ...credential.fields, ...masked },
      warnings: warnings(platform, { ...credential.fields, ...secrets }),
    };
  }
}

function found(credential: Credential | null): Credential {
  if (!credential) throw new AppError('NOT_FOUND');
  return credential;
}

/** The row as the wire shows it, without any field's value. */
const summary = (credential: Credential) => ({
  id: credential.id,
  platform: credential.platform,
  name: credential.name,
  description: credential.description,
  is_active: credential.isActive,
  state: credential.state,
  last_validated: credential.lastValidated?.toISOString() ?? null,
  validation_error: credential.validationError,
  mode: credential.mode,
  created_at: credential.createdAt.toISOString(),
  updated_at: credential.updatedAt.toISOString(),
});
