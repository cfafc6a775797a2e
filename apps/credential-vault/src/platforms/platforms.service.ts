import { AppError } from '@musicgen/error-codes';
import {
  platforms,
  type changePlatform,
  type Connectable,
  type PlatformDefinition,
  type Principal,
  type RequestOf,
} from '@musicgen/platform-contracts';
import type { Call } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service';
import { Clock } from '../clock';
import { CredentialChanges } from '../credentials/credential-changes';
import { definitionOf } from '../credentials/credential-fields';
import type { Credential } from '../credentials/credential.entity';
import { summary } from '../credentials/credential-view';
import { CredentialsStore, type Tx } from '../credentials/credentials.store';
import { hasOwnClient, isOAuthPlatform } from '../oauth/platform-clients';
import { PlatformLinksStore } from './platform-links.store';

/** What each platform is to one user: where he reaches it, with which credential, and whether he can connect an account. */
@Injectable()
export class PlatformsService {
  constructor(
    private readonly credentials: CredentialsStore,
    private readonly links: PlatformLinksStore,
    private readonly changes: CredentialChanges,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  async list(principal: Principal) {
    const [active, shared, links] = await Promise.all([
      this.credentials.listActive(principal),
      this.credentials.listShared(principal.mode),
      this.links.list(principal),
    ]);
    const of = <T extends { platform: string }>(rows: T[], id: string) => rows.find(({ platform }) => platform === id);
    const data = Object.values<PlatformDefinition>(platforms).map((platform) => {
      const credential = of(active, platform.id);
      return {
        platform: platform.id,
        link: of(links, platform.id)?.link ?? null,
        connectable: connectable(platform, credential, of(shared, platform.id) !== undefined),
        active_credential: credential ? summary(credential) : null,
      };
    });
    return { data };
  }

  async change(call: Call<Principal>, { platform, link, credential_id }: RequestOf<typeof changePlatform>) {
    const { principal } = call;
    const changed = await this.credentials.transaction(async (tx) => {
      if (link !== undefined) await this.links.set(tx, principal, platform, link);
      return credential_id === undefined ? null : this.associate(tx, call, platform, credential_id);
    });
    if (changed) this.changes.tell(changed);
    const { data } = await this.list(principal);
    return data.find((row) => row.platform === platform)!;
  }

  /** Makes it the active one; null: none is. Which credential changed. */
  private async associate(tx: Tx, call: Call<Principal>, platform: string, id: string | null) {
    const { principal } = call;
    const now = this.clock.now();
    if (id === null) {
      const [active] = await this.credentials.deactivateAll(tx, principal, { platform }, now);
      if (!active) return null;
      await this.audit.switched(tx, call, [active]);
      return { ...active, userId: principal.user_id, mode: principal.mode };
    }
    const credential = await this.credentials.find(principal, id, tx);
    if (credential?.platform !== platform) throw noSuch(platform);
    const others = await this.credentials.activate(tx, principal, credential, now);
    if (!others) throw noSuch(platform);
    await this.audit.switched(tx, call, others, credential);
    return credential;
  }
}

function connectable(platform: PlatformDefinition, active: Credential | undefined, isShared: boolean): Connectable {
  if (!isOAuthPlatform(platform)) return 'no';
  if (active && hasOwnClient(platform, active)) return 'own';
  return isShared ? 'shared' : 'no';
}

const noSuch = (platform: string) => {
  const problem = `must be a credential of yours for ${definitionOf(platform).displayName}, in this mode`;
  return new AppError('VALIDATION_FAILED', {
    details: `credential_id ${problem}`,
    data: { fields: [{ path: 'credential_id', problem }] },
  });
};
