import type { MailKind } from './mail.entity';

export interface Letter {
  subject: string;
  text: string;
}

/**
 * What an e-mail says. A token stands behind the `#` of its link: that part of an address is sent to no server, so it is in
 * no log and no Referer.
 */
export function letterOf(kind: MailKind, publicUrl: string, token: string): Letter {
  switch (kind) {
    case 'verify_email':
      return {
        subject: 'Confirm your e-mail address',
        text: paragraphs(
          'Somebody registered at Music Gen AI with this address. If that was you, confirm it here:',
          `${publicUrl}/verify-email#token=${token}`,
          'The link works once, for 30 minutes. If it was not you, do nothing.',
        ),
      };
    case 'reset_password':
      return {
        subject: 'Choose a new password',
        text: paragraphs(
          'Somebody asked for a new password for your account at Music Gen AI. If that was you, choose it here:',
          `${publicUrl}/reset-password#token=${token}`,
          'The link works once, for 30 minutes. If it was not you, do nothing: your password stays as it is.',
        ),
      };
    case 'password_changed':
      return {
        subject: 'Your password was changed',
        text: paragraphs(
          'The password of your account at Music Gen AI was changed just now, and other sessions were ended.',
          'If that was not you, choose a new one at once:',
          `${publicUrl}/forgot-password`,
        ),
      };
  }
}

const paragraphs = (...texts: string[]) => `${texts.join('\n\n')}\n`;
