import { CONFIG, KeyRing, Storage, storageOf } from '@musicgen/service-kit';
import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { AccountDeletionService } from './account/account-deletion.service';
import { AccountExportService } from './account/account-export.service';
import { AccountHttpController } from './account/account.http.controller';
import { AccountStore } from './account/account.store';
import { AdminJobsService } from './admin/admin-jobs.service';
import { AdminUsersService } from './admin/admin-users.service';
import { AdminHttpController } from './admin/admin.http.controller';
import { ApiKeysHttpController } from './api-keys/api-keys.http.controller';
import { ApiKeysService } from './api-keys/api-keys.service';
import { ApiKeysStore } from './api-keys/api-keys.store';
import { ApiKeyRemindersService } from './api-keys/api-key-reminders.service';
import { ApiKeyRemindersStore } from './api-keys/api-key-reminders.store';
import { ApiKeyStrategy } from './authentication/api-key.strategy';
import { CookieStrategy } from './authentication/cookie.strategy';
import { JwtStrategy } from './authentication/jwt.strategy';
import { PrincipalGuard } from './authentication/principal.guard';
import { PrincipalsService } from './authentication/principals.service';
import { PrincipalsStore } from './authentication/principals.store';
import { AuditModule } from './audit/audit.module';
import type { Config } from './config';
import { CredentialTokensHttpController } from './credentials/credential-tokens.http.controller';
import { CredentialsHttpController } from './credentials/credentials.http.controller';
import { OAuthHttpController } from './credentials/oauth.http.controller';
import { PlatformsHttpController } from './credentials/platforms.http.controller';
import { ValidationHttpController } from './credentials/validation.http.controller';
import { VaultAdminHttpController } from './credentials/vault-admin.http.controller';
import { DocumentsHttpController } from './documents/documents.http.controller';
import { DownloadsHttpController } from './downloads/downloads.http.controller';
import { FileLinks } from './files/file-links';
import { FilesHttpController } from './files/files.http.controller';
import { GenerationFilesHttpController } from './generations/generation-files.http.controller';
import { GenerationFollowing } from './generations/generation-following';
import { GenerationNews } from './generations/generation-news';
import { GenerationsHttpController } from './generations/generations.http.controller';
import { IdempotencyModule } from './idempotency/idempotency.module';
import { MailsService } from './mail/mails.service';
import { MailsStore } from './mail/mails.store';
import { RateLimitsService } from './rate-limits/rate-limits.service';
import { SharedBuckets } from './rate-limits/shared-buckets.service';
import { SharedBucketsStore } from './rate-limits/shared-buckets.store';
import { OpenStreams } from './revocations/open-streams';
import { Revocations } from './revocations/revocations.service';
import { RevocationsStore } from './revocations/revocations.store';
import { CookieSessionsService } from './sessions/cookie-sessions.service';
import { RefreshTokens } from './sessions/refresh-token';
import { SessionEndingsService } from './sessions/session-endings.service';
import { SessionListHttpController } from './sessions/session-list.http.controller';
import { SessionUsesService } from './sessions/session-uses.service';
import { SessionsHttpController } from './sessions/sessions.http.controller';
import { SessionsService } from './sessions/sessions.service';
import { SessionsStore } from './sessions/sessions.store';
import { TokenPairsService } from './sessions/token-pairs.service';
import { StreamsService } from './streams/streams.service';
import { AccessTokensService } from './tokens/access-tokens.service';
import { SigningKeyRotationService } from './tokens/signing-key-rotation.service';
import { SigningKeysService } from './tokens/signing-keys.service';
import { SigningKeysStore } from './tokens/signing-keys.store';
import { TokensHttpController } from './tokens/tokens.http.controller';
import { UsageModule } from './usage/usage.module';
import { EmailLinksService } from './users/email-links.service';
import { LockoutsService } from './users/lockouts.service';
import { LockoutsStore } from './users/lockouts.store';
import { LoginsService } from './users/logins.service';
import { OneTimeTokensStore } from './users/one-time-tokens.store';
import { PasswordHasher } from './users/password';
import { PasswordsHttpController } from './users/passwords.http.controller';
import { PasswordsService } from './users/passwords.service';
import { PurgeService } from './users/purge.service';
import { UsersHttpController } from './users/users.http.controller';
import { UsersService } from './users/users.service';
import { UsersStore } from './users/users.store';
import { WebhooksModule } from './webhooks/webhooks.module';

@Module({
  imports: [DiscoveryModule, AuditModule, IdempotencyModule, UsageModule, WebhooksModule],
  controllers: [
    SessionsHttpController,
    SessionListHttpController,
    TokensHttpController,
    UsersHttpController,
    PasswordsHttpController,
    ApiKeysHttpController,
    GenerationsHttpController,
    GenerationFilesHttpController,
    FilesHttpController,
    DownloadsHttpController,
    PlatformsHttpController,
    CredentialsHttpController,
    ValidationHttpController,
    CredentialTokensHttpController,
    OAuthHttpController,
    VaultAdminHttpController,
    AccountHttpController,
    AdminHttpController,
    DocumentsHttpController,
  ],
  providers: [
    ...[UsersService, UsersStore, ApiKeysService, ApiKeysStore],
    ...[ApiKeyRemindersService, ApiKeyRemindersStore],
    ...[
      LoginsService,
      LockoutsService,
      LockoutsStore,
      PasswordsService,
      EmailLinksService,
      OneTimeTokensStore,
      PurgeService,
    ],
    ...[AccountDeletionService, AccountExportService, AccountStore, AdminUsersService, AdminJobsService],
    ...[MailsService, MailsStore],
    ...[SessionsService, SessionsStore, SessionEndingsService, CookieSessionsService, SessionUsesService],
    TokenPairsService,
    ...[SigningKeysService, SigningKeyRotationService, SigningKeysStore, AccessTokensService, RateLimitsService],
    ...[SharedBuckets, SharedBucketsStore],
    ...[StreamsService, FileLinks, GenerationFollowing, GenerationNews],
    ...[Revocations, RevocationsStore, OpenStreams],
    ...[PrincipalsService, PrincipalsStore, ApiKeyStrategy, JwtStrategy, CookieStrategy, PrincipalGuard],
    { provide: PasswordHasher, useFactory: () => new PasswordHasher() },
    { provide: KeyRing, useFactory: (config: Config) => config.gatewayKeys, inject: [CONFIG] },
    { provide: RefreshTokens, useFactory: (ring: KeyRing) => new RefreshTokens(ring), inject: [KeyRing] },
    { provide: Storage, useFactory: (config: Config) => storageOf(config), inject: [CONFIG] },
  ],
})
export class AppModule {}
