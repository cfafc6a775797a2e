import { CONFIG, KeyRing, Storage } from '@musicgen/service-kit';
import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ApiKeysHttpController } from './api-keys/api-keys.http.controller';
import { ApiKeysService } from './api-keys/api-keys.service';
import { ApiKeysStore } from './api-keys/api-keys.store';
import { ApiKeyStrategy } from './authentication/api-key.strategy';
import { JwtStrategy } from './authentication/jwt.strategy';
import { PrincipalGuard } from './authentication/principal.guard';
import { PrincipalsService } from './authentication/principals.service';
import { PrincipalsStore } from './authentication/principals.store';
import type { Config } from './config';
import { CredentialsHttpController } from './credentials/credentials.http.controller';
import { PlatformsHttpController } from './credentials/platforms.http.controller';
import { DocumentsHttpController } from './documents/documents.http.controller';
import { GenerationsHttpController } from './generations/generations.http.controller';
import { RateLimitsService } from './rate-limits/rate-limits.service';
import { RefreshTokens } from './sessions/refresh-token';
import { SessionsHttpController } from './sessions/sessions.http.controller';
import { SessionsService } from './sessions/sessions.service';
import { SessionsStore } from './sessions/sessions.store';
import { TokenPairsService } from './sessions/token-pairs.service';
import { AccessTokensService } from './tokens/access-tokens.service';
import { SigningKeysService } from './tokens/signing-keys.service';
import { SigningKeysStore } from './tokens/signing-keys.store';
import { TokensHttpController } from './tokens/tokens.http.controller';
import { PasswordHasher } from './users/password';
import { UsageService } from './users/usage.service';
import { UsersHttpController } from './users/users.http.controller';
import { UsersService } from './users/users.service';
import { UsersStore } from './users/users.store';

@Module({
  controllers: [
    SessionsHttpController,
    TokensHttpController,
    UsersHttpController,
    ApiKeysHttpController,
    GenerationsHttpController,
    PlatformsHttpController,
    CredentialsHttpController,
    DocumentsHttpController,
  ],
  providers: [
    ...[UsersService, UsersStore, UsageService, ApiKeysService, ApiKeysStore],
    ...[SessionsService, SessionsStore, TokenPairsService],
    ...[SigningKeysService, SigningKeysStore, AccessTokensService, RateLimitsService],
    ...[PrincipalsService, PrincipalsStore, ApiKeyStrategy, JwtStrategy],
    { provide: APP_GUARD, useClass: PrincipalGuard },
    { provide: PasswordHasher, useFactory: () => new PasswordHasher() },
    { provide: KeyRing, useFactory: (config: Config) => config.gatewayKeys, inject: [CONFIG] },
    { provide: RefreshTokens, useFactory: (ring: KeyRing) => new RefreshTokens(ring), inject: [KeyRing] },
    { provide: Storage, useFactory: (config: Config) => new Storage(config.storageDir), inject: [CONFIG] },
  ],
})
export class AppModule {}
