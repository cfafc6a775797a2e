import { moment, optional, secret } from './fields';

/** The tokens of an authorisation that was given elsewhere: every platform with OAuth takes them. */
export const importedTokens = {
  access_token: optional(
    secret({ label: 'Access token', help: 'An existing one, to go on without authorising anew.' }),
  ),
  refresh_token: optional(secret({ label: 'Refresh token', help: 'An existing one, of the same client.' })),
  token_expiry: optional(moment({ label: 'Token expiry', help: 'When the access token ends.' })),
};
