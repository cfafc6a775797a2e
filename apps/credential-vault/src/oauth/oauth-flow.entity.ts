import type { Mode } from '@musicgen/platform-contracts';
import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An authorisation that was started and has not come back. Whoever finishes it takes the row away. */
@Entity('oauth_flows')
@Index('oauth_flows_credential_idx', ['credentialId'])
@Index('oauth_flows_expires_idx', ['expiresAt'])
@Check('oauth_flows_mode_check', `mode IN ('live', 'test')`)
export class OAuthFlow {
  @PrimaryColumn('text', { name: 'state_hash', primaryKeyConstraintName: 'oauth_flows_pkey' })
  stateHash: string;

  @Column('text', { name: 'credential_id' })
  credentialId: string;

  @Column('text', { name: 'user_id' })
  userId: string;

  @Column('text')
  mode: Mode;

  @Column('text')
  platform: string;

  @Column('text', { name: 'redirect_uri' })
  redirectUri: string;

  /** Asked for; a platform that grants just these need not say so. */
  @Column('jsonb')
  scopes: string[];

  /** The PKCE verifier, sealed; null where the platform takes none. */
  @Column('bytea', { nullable: true })
  verifier: Buffer | null;

  @Column('text', { name: 'return_to', nullable: true })
  returnTo: string | null;

  /** Of the cookie of the browser that started it; null: not started in a browser. */
  @Column('text', { name: 'browser_hash', nullable: true })
  browserHash: string | null;

  /** False: only its user, by `exchange`. */
  @Column('boolean', { name: 'is_callback_allowed' })
  isCallbackAllowed: boolean;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;
}
