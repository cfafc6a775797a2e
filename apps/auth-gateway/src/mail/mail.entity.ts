import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

export const mailKinds = ['verify_email', 'reset_password', 'password_changed'] as const;
export type MailKind = (typeof mailKinds)[number];

/**
 * An e-mail that is still to be written and sent. The row holds no link: that is made when the e-mail is, and it does not
 * say whether there is such a user, so that asking for one takes the same time for every address.
 */
@Entity('mails')
@Index('mails_kind_key', ['kind', 'email'], { unique: true })
@Index('mails_not_before_idx', ['notBefore'])
export class Mail {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'mails_pkey' })
  id: string;

  @Column('text')
  kind: MailKind;

  @Column('text')
  email: string;

  @Column('integer')
  attempts: number;

  /** When it is tried; a replica that tries it moves this on first, so that no other does. */
  @Column('timestamptz', { name: 'not_before' })
  notBefore: Date;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
}
