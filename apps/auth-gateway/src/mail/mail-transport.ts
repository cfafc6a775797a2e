import type { Logger } from '@musicgen/service-kit';
import fs from 'node:fs/promises';
import path from 'node:path';
import nodemailer from 'nodemailer';
import type { Config } from '../config';
import type { Letter } from './letters';

export interface Envelope extends Letter {
  /** Names the message: a second sending of it overwrites the file, and can be recognised by a mail server. */
  id: string;
  to: string;
}

/** Where e-mail leaves. */
export interface MailTransport {
  send(envelope: Envelope): Promise<void>;
  close(): void;
}

export function mailTransport(config: Config, logger: Logger): MailTransport {
  const from = config.mailFrom ?? 'Music Gen AI <no-reply@localhost>';
  return config.smtpUrl ? smtpTransport(config.smtpUrl, from) : folderTransport(config.mailDir, from, logger);
}

/** Each phase of a sending has its time-out: a server that says nothing holds up the others for half a minute at most. */
function smtpTransport(url: string, from: string): MailTransport {
  const timeouts = { connectionTimeout: 5_000, greetingTimeout: 5_000, socketTimeout: 15_000 };
  const smtp = nodemailer.createTransport({ url, ...timeouts, disableFileAccess: true, disableUrlAccess: true });
  return {
    async send({ id, ...letter }) {
      await smtp.sendMail({ from, ...letter, messageId: `<${id}@${domainOf(from)}>` });
    },
    close: () => smtp.close(),
  };
}

/** Without a mail server: whoever runs the installation on his own machine finds his links here. */
function folderTransport(folder: string, from: string, logger: Logger): MailTransport {
  const composer = nodemailer.createTransport({ streamTransport: true, buffer: true });
  return {
    async send({ id, ...letter }) {
      const { message } = await composer.sendMail({ from, ...letter, messageId: `<${id}@${domainOf(from)}>` });
      await fs.mkdir(folder, { recursive: true, mode: 0o700 });
      const file = path.resolve(folder, `${id}.eml`);
      await fs.writeFile(file, message as Buffer, { mode: 0o600 });
      logger.info({ path: file }, 'an e-mail was written to a file: SMTP_URL is not set');
    },
    close: () => composer.close(),
  };
}

const domainOf = (from: string) => /@([^>\s]+)/.exec(from)?.[1] ?? 'localhost';
