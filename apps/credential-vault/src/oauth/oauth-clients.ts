import type { OAuthClient } from '@musicgen/platform-contracts';
import { Upstream } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { Clock } from '../clock';
import { DeezerOAuth } from './deezer-oauth';
import type { AuthorizeRequest, CodeExchange, OAuthClientLike, PlatformClient } from './oauth-client';
import { StandardOAuth } from './standard-oauth';

/** OAuth in the dialect of whichever platform it is. */
@Injectable()
export class OAuthClients implements OAuthClientLike {
  private readonly dialects: Record<OAuthClient['dialect'], OAuthClientLike>;

  constructor(upstream: Upstream, clock: Clock) {
    this.dialects = { oauth2: new StandardOAuth(upstream, clock), deezer: new DeezerOAuth(upstream, clock) };
  }

  authorizeUrl(client: PlatformClient, request: AuthorizeRequest) {
    return this.of(client).authorizeUrl(client, request);
  }

  exchange(client: PlatformClient, exchange: CodeExchange, signal?: AbortSignal) {
    return this.of(client).exchange(client, exchange, signal);
  }

  refresh(client: PlatformClient, refreshToken: string, signal?: AbortSignal) {
    return this.of(client).refresh(client, refreshToken, signal);
  }

  clientCredentials(client: PlatformClient, signal?: AbortSignal) {
    return this.of(client).clientCredentials(client, signal);
  }

  revoke(client: PlatformClient, token: string, signal?: AbortSignal) {
    return this.of(client).revoke(client, token, signal);
  }

  private of({ platform }: PlatformClient): OAuthClientLike {
    return this.dialects[platform.auth.dialect];
  }
}
