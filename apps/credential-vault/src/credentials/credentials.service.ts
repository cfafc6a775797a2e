import { AppError } from '@musicgen/error-codes';
import {
  createCredential,
  credentialDeleted,
  listAllCredentials,
  listCredentials,
  updateCredential,
  type CredentialView,
  type PlatformDefinition,
  type Principal,
  type RequestOf,
} from '@musicgen/platform-contracts';
import { KeyRing, Outbox, pageRows, requireAdmin, type Call } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service';
import { Clock } from '../clock';
import { Grants } from '../grants/grants';
import { hasOwnClient } from '../oauth/platform-clients';
import { Revocations } from '../oauth/revocations.service';
import { CredentialChanges } from './credential-changes';
import { checkFields, definitionOf, mergeFields } from './credential-fields';
import { openSecrets, sealSecrets } from './credential-secrets';
import { summary, view } from './credential-view';
import type { Credential } from './credential.entity';
import { CredentialsStore, type Tx } from './credentials.store';
import { Envelope } from './envelope';
import { refuseToClear, takeTokens } from './imported-tokens';

/** Stores, shows, changes and deletes credentials. Secrets go in; what comes out is masked. */
@Injectable()
export class CredentialsService {
  constructor(
    private readonly store: CredentialsStore,
    private readonly ring: KeyRing,
    private readonly outbox: Outbox,
    private readonly grants: Grants,
    private readonly revocations: Revocations,
    private readonly changes: CredentialChanges,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  async create(call: Call<Principal>, request: RequestOf<typeof createCredential>): Promise<CredentialView> {
    const { principal } = call;
    const platform = definitionOf(request.platform);
    const { open, secret, tokens } = readFields(platform, request.fields);
    const binding = { id: request.id, userId: principal.user_id, mode: principal.mode };
    const envelope = Envelope.create(this.ring, binding);
    const now = this.clock.now();
    const credential: Credential = {
      ...binding,
      platform: request.platform,
      name: request.name ?? null,
      description: request.description ?? null,
      fields: open,
      secrets: sealSecrets(envelope, secret, 0),
      secretsVersion: 0,
      dataKey: envelope.wrapped,
      isActive: false,
      isShared: request.shared ?? false,
      state: 'unverified',
      lastValidated: null,
      validationError: null,
      createdAt: now,
      updatedAt: now,
    };
    if (credential.isShared) checkHasClient(credential);
    const isNew = await this.store.transaction(async (tx) => {
      if (credential.isShared) await this.checkMayShare(tx, principal, credential);
      if (!(await this.store.insert(tx, credential))) return false;
      if (tokens) await this.grants.save(tx, credential, tokens, now);
      await this.grants.fieldsSet(tx, credential, request.fields, now);
      const others = request.activate ? await this.store.activate(tx, principal, credential, now) : null;
      await this.audit.change(tx, call, credential, 'created', ...(tokens ? (['authorized'] as const) : []));
      if (others) await this.audit.switched(tx, call, others, credential);
      return true;
    });
    if (!isNew) return this.existing(principal, request.id);
    this.changes.tell(credential);
    return view({ ...credential, isActive: request.activate }, this.ring);
  }

  async get(principal: Principal, id: string): Promise<CredentialView> {
    return view(found(await this.store.find(principal, id)), this.ring);
  }

  async list(principal: Principal, request: RequestOf<typeof listCredentials>) {
    return pageRows(await this.store.list(principal, request), request.limit, summary);
  }

  /** For an administrator: those of all users, in both modes. */
  async listAll(principal: Principal, request: RequestOf<typeof listAllCredentials>) {
    requireAdmin(principal);
    const shown = (credential: Credential) => ({ ...summary(credential), user_id: credential.userId });
    return pageRows(await this.store.listAll(request), request.limit, shown);
  }

  async update(
    call: Call<Principal>,
    { id, fields, shared, ...texts }: RequestOf<typeof updateCredential>,
  ): Promise<CredentialView> {
    const { principal } = call;
    const changed = await this.store.transaction(async (tx) => {
      const credential = found(await this.store.findForUpdate(tx, principal, id));
      const now = this.clock.now();
      const { tokens, ...changed } = fields ? this.changeFields(credential, fields) : { tokens: null };
      const next = { ...credential, ...changed, isShared: shared ?? credential.isShared };
      if (next.isShared) checkHasClient(next);
      if (next.isShared && !credential.isShared) await this.checkMayShare(tx, principal, next);
      await this.store.update(tx, principal, id, { ...texts, ...changed, isShared: next.isShared, updatedAt: now });
      if (fields) await this.grants.fieldsSet(tx, credential, fields, now);
      if (tokens) await this.grants.save(tx, credential, tokens, now);
      await this.audit.change(tx, call, credential, 'changed', ...(tokens ? (['authorized'] as const) : []));
      return credential;
    });
    this.changes.tell(changed);
    return this.get(principal, id);
  }

  async activate(call: Call<Principal>, id: string): Promise<CredentialView> {
    const { principal } = call;
    const activated = await this.store.transaction(async (tx) => {
      const credential = found(await this.store.find(principal, id, tx));
      const others = await this.store.activate(tx, principal, credential, this.clock.now());
      if (!others) throw new AppError('NOT_FOUND');
      await this.audit.switched(tx, call, others, credential);
      return credential;
    });
    this.changes.tell(activated);
    return this.get(principal, id);
  }

  async deactivate(call: Call<Principal>, id: string): Promise<CredentialView> {
    const { principal } = call;
    const deactivated = await this.store.transaction(async (tx) => {
      const credential = found(await this.store.findForUpdate(tx, principal, id));
      await this.store.update(tx, principal, id, { isActive: false, updatedAt: this.clock.now() });
      await this.audit.change(tx, call, credential, 'deactivated');
      return credential;
    });
    this.changes.tell(deactivated);
    return this.get(principal, id);
  }

  async delete(call: Call<Principal>, id: string): Promise<void> {
    const { principal } = call;
    const deleted = await this.outbox.transaction(async (tx, emit) => {
      const credential = found(await this.store.findForUpdate(tx, principal, id));
      await this.revocations.addOf(tx, credential);
      await this.store.delete(tx, principal, id);
      const { platform, userId, mode } = credential;
      await emit(credentialDeleted, { credential_id: id, user_id: userId, platform, mode }, call);
      await this.audit.change(tx, call, credential, 'deleted');
      return credential;
    });
    this.changes.tell(deleted);
    this.revocations.wake();
  }

  /** The same request came twice: the answer is what the first one made. */
  private async existing(principal: Principal, id: string): Promise<CredentialView> {
    const credential = await this.store.find(principal, id);
    if (!credential) throw new AppError('CONFLICT', { details: 'The id is taken' });
    return view(credential, this.ring);
  }

  /** Everybody's tokens come from a shared client: whose it is decides over all of them. */
  private async checkMayShare(tx: Tx, { role }: Principal, { id, platform, mode }: Credential): Promise<void> {
    if (role !== 'admin')
      throw new AppError('INSUFFICIENT_PERMISSIONS', { details: 'Only administrators share a client' });
    const other = await this.store.findSharedForUpdate(tx, platform, mode);
    if (!other || other.id === id) return;
    throw new AppError('CONFLICT', { details: 'Another credential of this platform and mode is shared already' });
  }

  private changeFields(credential: Credential, changes: Record<string, unknown>) {
    const stored = { ...credential.fields, ...openSecrets(this.ring, credential) };
    const platform = definitionOf(credential.platform);
    refuseToClear(changes);
    const { open, secret, tokens } = readFields(platform, mergeFields(platform, stored, changes));
    const secretsVersion = credential.secretsVersion + 1;
    const envelope = Envelope.open(this.ring, credential, credential.dataKey);
    return {
      tokens,
      fields: open,
      secrets: sealSecrets(envelope, secret, secretsVersion),
      secretsVersion,
      state: 'unverified' as const,
      lastValidated: null,
      validationError: null,
    };
  }
}

function found(credential: Credential | null): Credential {
  if (!credential) throw new AppError('NOT_FOUND');
  return credential;
}

/** Fields as they are stored, and the tokens that came among them, which are not. */
function readFields(platform: PlatformDefinition, fields: Record<string, unknown>) {
  const { open, secret } = checkFields(platform, fields);
  const { rest, tokens } = takeTokens({ ...open, ...secret });
  const kept = (some: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(some).filter(([name]) => Object.hasOwn(rest, name)));
  return { open: kept(open), secret: kept(secret), tokens };
}

function checkHasClient(credential: Credential): void {
  if (hasOwnClient(definitionOf(credential.platform), credential)) return;
  const problem = 'needs a credential with an OAuth client of its own';
  throw new AppError('VALIDATION_FAILED', {
    details: `shared ${problem}`,
    data: { fields: [{ path: 'shared', problem }] },
  });
}
