import { AccountNames } from './account-name';
import { Connections } from './connections.service';
import { Disconnections } from './disconnections.service';
import { FirstLook } from './first-look.service';
import { OAuthClients } from './oauth-clients';
import { OAuthFlowsService } from './oauth-flows.service';
import { OAuthFlowsStore } from './oauth-flows.store';
import { PlatformClients } from './platform-clients';
import { Revocations } from './revocations.service';
import { RevocationsStore } from './revocations.store';

/** How users connect their accounts, and how the vault speaks to token endpoints. */
export const oauthProviders = [
  ...[OAuthClients, PlatformClients, AccountNames],
  ...[OAuthFlowsService, OAuthFlowsStore, Connections, Disconnections, FirstLook],
  ...[Revocations, RevocationsStore],
];
