import { CONFIG, KeyRing, Upstream } from '@musicgen/service-kit';
import { Module } from '@nestjs/common';
import { accountProviders } from './account/account.providers';
import { AuditRpcController } from './audit/audit.rpc.controller';
import { auditProviders } from './audit/audit.providers';
import type { Config } from './config';
import { CredentialsRpcController } from './credentials/credentials.rpc.controller';
import { CredentialsService } from './credentials/credentials.service';
import { CredentialsStore } from './credentials/credentials.store';
import { grantsProviders } from './grants/grants.providers';
import { TokensRpcController } from './grants/tokens.rpc.controller';
import { keysProviders } from './keys/keys.providers';
import { KeysRpcController } from './keys/keys.rpc.controller';
import { oauthProviders } from './oauth/oauth.providers';
import { OAuthRpcController } from './oauth/oauth.rpc.controller';
import { PlatformLinksStore } from './platforms/platform-links.store';
import { PlatformsRpcController } from './platforms/platforms.rpc.controller';
import { PlatformsService } from './platforms/platforms.service';
import { signingProviders } from './signing/signing.providers';
import { SigningRpcController } from './signing/signing.rpc.controller';
import { validationProviders } from './validation/validation.providers';
import { ValidationRpcController } from './validation/validation.rpc.controller';

@Module({
  controllers: [
    CredentialsRpcController,
    TokensRpcController,
    OAuthRpcController,
    PlatformsRpcController,
    SigningRpcController,
    ValidationRpcController,
    KeysRpcController,
    AuditRpcController,
  ],
  providers: [
    { provide: KeyRing, useFactory: (config: Config) => config.vaultKeys, inject: [CONFIG] },
    { provide: Upstream, useFactory: (config: Config) => new Upstream(config.sandboxUrl), inject: [CONFIG] },
    CredentialsService,
    CredentialsStore,
    ...accountProviders,
    ...auditProviders,
    ...grantsProviders,
    ...keysProviders,
    ...oauthProviders,
    ...signingProviders,
    ...validationProviders,
    ...[PlatformsService, PlatformLinksStore],
  ],
})
export class AppModule {}
