import { CONFIG, LOGGER, Pump, type Logger } from '@musicgen/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { Config } from '../config';
import { hashOpaqueSecret, makeOpaqueSecret } from '../tokens/opaque-secret';
import { OneTimeTokensStore } from '../users/one-time-tokens.store';
import type { User } from '../users/user.entity';
import { UsersStore, type Transaction } from '../users/users.store';
import { letterOf } from './letters';
import type { MailKind } from './mail.entity';
import { mailTransport, type MailTransport } from './mail-transport';
import { MailsStore, type ClaimedMail } from './mails.store';

const pollEveryMs = 5_000;
/** Longer than the longest sending: see the transport's time-outs. */
const firstRetryMs = 30_000;
const retryMsMax = 10 * 60_000;
const attemptsMax = 30;
/** Nobody's mailbox is filled by asking for links to it. */
const linkEveryMs = 2 * 60_000;

/**
 * E-mail goes out through a table, in the transaction of the change that it tells of: a crash in between neither loses it
 * nor tells of what did not happen. It may come twice; only its last link works.
 */
@Injectable()
export class MailsService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly transport: MailTransport;
  private readonly pump = new Pump(() => this.sendOne(), pollEveryMs);

  constructor(
    private readonly store: MailsStore,
    private readonly users: UsersStore,
    private readonly tokens: OneTimeTokensStore,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.transport = mailTransport(config, logger);
  }

  onApplicationBootstrap(): void {
    this.pump.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.pump.stop();
    this.transport.close();
  }

  /** Part of the caller's transaction, if there is one; {@link wake} after the commit. */
  queue(kind: MailKind, email: string, tx?: Transaction): Promise<void> {
    return this.store.insert(kind, email, tx);
  }

  wake(): void {
    this.pump.wake();
  }

  private async sendOne(): Promise<boolean> {
    if (!this.store.isConnected) return false;
    const mail = await this.store.claim(firstRetryMs, retryMsMax).catch(() => null);
    if (!mail) return false;
    try {
      await this.send(mail);
      await this.store.remove(mail.id);
    } catch (error) {
      await this.putOff(mail, error);
    }
    return true;
  }

  private async send(mail: ClaimedMail): Promise<void> {
    const user = await this.users.findByEmail(mail.email);
    if (!user || !(await this.isWanted(mail, user))) return;
    const token = mail.kind === 'password_changed' ? '' : await this.newToken(user.id, mail.kind);
    const letter = letterOf(mail.kind, this.config.publicUrl, token);
    await this.transport.send({ ...letter, id: mail.id, to: mail.email });
  }

  private async isWanted({ kind, attempts }: ClaimedMail, user: User): Promise<boolean> {
    if (kind === 'password_changed') return true;
    if (user.isLocked || (kind === 'verify_email' && user.emailVerifiedAt)) return false;
    // A try that failed has made a link too, which nobody has seen.
    return attempts > 1 || !(await this.tokens.isYoungerThan(user.id, kind, linkEveryMs));
  }

  private async newToken(userId: string, kind: Exclude<MailKind, 'password_changed'>): Promise<string> {
    const token = makeOpaqueSecret();
    await this.tokens.replace(userId, kind, hashOpaqueSecret(token));
    return token;
  }

  /** What a mail server says may hold the address: only its code is logged. */
  private async putOff({ id, kind, attempts }: ClaimedMail, error: unknown): Promise<void> {
    const { code, responseCode } = error as { code?: string; responseCode?: number };
    const fields = { mail_id: id, kind, attempts, code, response_code: responseCode };
    if (attempts < attemptsMax) return this.logger.warn(fields, 'an e-mail could not be sent; trying again');
    this.logger.error(fields, 'an e-mail could not be sent; given up');
    await this.store.remove(id).catch(() => undefined);
  }
}
