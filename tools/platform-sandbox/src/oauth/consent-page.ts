import { escapeHtml } from '../http/answer';
import type { User } from '../state/rows';
import type { AuthorizeRequest, AuthorizeRules } from './authorize';

/** A form that needs no script: who one is, what the app may do, yes or no. It is sent to where the page came from. */
export function consentPage(request: AuthorizeRequest, rules: AuthorizeRules, users: readonly User[]): string {
  const accounts = users.map((user, index) => accountChoice(user, index === 0)).join('\n');
  const scopes = request.scopes.map((scope) => scopeLine(scope, rules.isGranular ?? false)).join('\n');
  return `<p><strong>${escapeHtml(request.client.name)}</strong> asks for access to your ${escapeHtml(rules.brand)} account.
This is the platform sandbox: nobody's real account is touched.</p>
<form method="post" action="?${escapeHtml(request.params.toString())}">
<fieldset><legend>Account</legend>
${accounts}
</fieldset>
<fieldset><legend>The app wants to</legend>
${scopes || '<p>see what is public</p>'}
</fieldset>
<p><button name="decision" value="approve">Agree</button> <button name="decision" value="deny">Cancel</button></p>
</form>
`;
}

const accountChoice = ({ id, name, email }: User, isFirst: boolean) =>
  `<p><label><input type="radio" name="user" value="${escapeHtml(id)}"${isFirst ? ' checked' : ''}> ${escapeHtml(name)} (${escapeHtml(email)})</label></p>`;

const scopeLine = (scope: string, isChoice: boolean) =>
  isChoice
    ? `<p><label><input type="checkbox" name="scope" value="${escapeHtml(scope)}" checked> ${escapeHtml(scope)}</label></p>`
    : `<p>${escapeHtml(scope)}</p>`;
