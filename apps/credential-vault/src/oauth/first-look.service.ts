import { LOGGER, type Logger } from '@musicgen/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import type { By } from '../audit/audit.service';
import { CredentialsStore, type Owner } from '../credentials/credentials.store';
import { ValidationService } from '../validation/validation.service';
import { AccountNames } from './account-name';
import type { PlatformClient } from './oauth-client';

const withinMs = 5_000;

/** What can be told at once about a connection that was just made. It stands whatever comes of this. */
@Injectable()
export class FirstLook {
  constructor(
    private readonly accounts: AccountNames,
    private readonly store: CredentialsStore,
    private readonly validation: ValidationService,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** The account's name, while the platform's verdict is asked for and stored. */
  async at(
    client: PlatformClient,
    accessToken: string,
    owner: Owner,
    { id, by }: { id: string; by: By },
  ): Promise<string | null> {
    const [name] = await Promise.all([this.accounts.of(client, accessToken), this.validate(owner, id, by)]);
    return name;
  }

  private async validate(owner: Owner, id: string, by: By): Promise<void> {
    try {
      const credential = await this.store.find(owner, id);
      const options = { deep: false, signal: AbortSignal.timeout(withinMs), by };
      // Whoever has just authorised waits for it.
      if (credential) await this.validation.checkStored(credential, options, true);
    } catch (error) {
      this.logger.warn({ err: error, credential_id: id }, 'a new connection was not validated');
    }
  }
}
