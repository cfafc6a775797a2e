import type { KeyRing } from '@musicgen/service-kit';
import type { Credential } from '../credentials/credential.entity';
import { Envelope } from '../credentials/envelope';
import type { TokenAnswer } from '../oauth/oauth-client';
import type { Grant, GrantKind } from './grant.entity';

type Row = Pick<Grant, 'kind' | 'version'>;

/**
 * Seals the tokens of one credential. A token is bound to its credential, owner and mode, to its name, and to the version of
 * the row: an older one that is put back does not open.
 */
export class TokenSeal {
  private readonly envelope: Envelope;

  constructor(ring: KeyRing, credential: Pick<Credential, 'id' | 'userId' | 'mode' | 'dataKey'>) {
    this.envelope = Envelope.open(ring, credential, credential.dataKey);
  }

  seal(name: 'access_token' | 'refresh_token', { kind, version }: Row, token: string): string {
    return this.envelope.seal(field(kind, name, version), token);
  }

  open(name: 'access_token' | 'refresh_token', { kind, version }: Row, sealed: string): string {
    return this.envelope.openField(field(kind, name, version), sealed) as string;
  }

  sealAnswer(kind: GrantKind, fence: number, answer: TokenAnswer): string {
    return this.envelope.seal(field(kind, 'pending', fence), answer);
  }

  openAnswer(kind: GrantKind, fence: number, sealed: string): TokenAnswer {
    const answer = this.envelope.openField(field(kind, 'pending', fence), sealed) as Stored<TokenAnswer>;
    return {
      ...answer,
      expiresAt: answer.expiresAt === null ? null : new Date(answer.expiresAt),
      refreshExpiresAt: answer.refreshExpiresAt === undefined ? undefined : new Date(answer.refreshExpiresAt),
    };
  }
}

/** JSON has no dates. */
type Stored<T> = Omit<T, 'expiresAt' | 'refreshExpiresAt'> & { expiresAt: string | null; refreshExpiresAt?: string };

const field = (kind: GrantKind, name: string, version: number) => `grant:${kind}:${name}:${version}`;
