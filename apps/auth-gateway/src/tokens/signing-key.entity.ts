import type { JWK } from 'jose';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { SigningKeyState } from './signing-key';

@Entity('signing_keys')
export class SigningKeyRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'signing_keys_pkey' })
  kid: string;

  @Column('text')
  state: SigningKeyState;

  @Column('jsonb', { name: 'public_jwk' })
  publicJwk: JWK;

  /** PKCS #8, sealed with the key ring; null once it is retired. */
  @Column('bytea', { name: 'private_key', nullable: true })
  privateKey: Buffer | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'activated_at', nullable: true })
  activatedAt: Date | null;

  @Column('timestamptz', { name: 'retired_at', nullable: true })
  retiredAt: Date | null;
}
