interface ReasonRow {
  /** What a check that ends so says about the credential; `none`: nothing, its last verdict stands. */
  readonly verdict: 'valid' | 'invalid' | 'reauthorize' | 'none';
  readonly message: string;
  /** What its owner should do; a platform may say it better in its table of failures. */
  readonly remedy: string;
}

/** Why a platform refuses something: one list for all platforms, each failure of each of them is one of these. */
export const REASONS = {
  ok: { verdict: 'valid', message: 'The platform accepts it', remedy: '' },
  unverifiable: {
    verdict: 'none',
    message: 'It is well-formed, and cannot be proven before a user has authorised',
    remedy: 'Start the OAuth flow.',
  },

  // the fields
  missing_field: {
    verdict: 'invalid',
    message: 'A field is missing',
    remedy: 'Fill in the field, then validate again.',
  },
  malformed_field: {
    verdict: 'invalid',
    message: 'A field has not the form the platform expects',
    remedy: 'Copy the value again from the platform, whole and unchanged.',
  },
  invalid_client: {
    verdict: 'invalid',
    message: 'The platform does not know this client, or its secret is wrong',
    remedy:
      'Copy client id and secret again from the app at the platform; a secret that was rotated there ends the old one.',
  },
  invalid_api_key: {
    verdict: 'invalid',
    message: 'The platform does not accept this key',
    remedy: 'Copy the key again from the platform, or make a new one there.',
  },
  api_key_restricted: {
    verdict: 'invalid',
    message: 'The key is good, and is restricted to other APIs or callers',
    remedy: "Allow this API and this server's address in the key's restrictions.",
  },
  api_not_enabled: {
    verdict: 'invalid',
    message: 'The API is not enabled for this app',
    remedy: 'Enable it at the platform, wait some minutes, and validate again.',
  },

  // the user's grant
  token_expired: {
    verdict: 'none',
    message: 'The access token has expired',
    remedy: 'Nothing, as long as it can be refreshed; otherwise authorise again.',
  },
  token_revoked: {
    verdict: 'reauthorize',
    message: 'The grant was revoked or has ended',
    remedy: 'Authorise again: start the OAuth flow.',
  },
  reauth_required: {
    verdict: 'reauthorize',
    message: 'The platform wants the user to authorise again',
    remedy: 'Authorise again: start the OAuth flow.',
  },
  insufficient_scope: {
    verdict: 'invalid',
    message: 'The user did not grant a scope that this needs',
    remedy: 'Add the scope to the credential and authorise again, ticking all boxes.',
  },

  // the account
  forbidden: {
    verdict: 'invalid',
    message: 'The platform refuses this, and does not say why',
    remedy: "Look at the app in the platform's developer console: its status, its users, its access level.",
  },
  no_subscription: {
    verdict: 'invalid',
    message: 'The account has no subscription that includes this',
    remedy: 'Subscribe, or connect an account that is subscribed.',
  },
  account_problem: {
    verdict: 'invalid',
    message: 'Something is wrong with the account',
    remedy: 'Open the account at the platform and finish what it asks for.',
  },
  region_unavailable: {
    verdict: 'invalid',
    message: 'The platform does not offer this in the region',
    remedy: 'Use an account, a country code or a server of a region in which the platform offers it.',
  },

  // passing troubles: nothing about the credential
  quota_exceeded: {
    verdict: 'none',
    message: 'The quota is used up until the platform resets it',
    remedy: 'Wait for the reset, or ask the platform for more.',
  },
  rate_limited: { verdict: 'none', message: 'Too many requests for the platform', remedy: 'Try again in a while.' },
  upstream_unavailable: {
    verdict: 'none',
    message: 'The platform has a failure of its own',
    remedy: 'Try again in a while.',
  },
  upstream_unexpected: {
    verdict: 'none',
    message: 'The platform answered in a way that is not known',
    remedy: 'Report it with the request id: the platform may have changed its API.',
  },
  network_error: {
    verdict: 'none',
    message: 'The platform could not be reached',
    remedy: 'Check that this server can reach the platform: name resolution, firewall, proxy.',
  },
  timeout: { verdict: 'none', message: 'The platform did not answer in time', remedy: 'Try again in a while.' },
} as const satisfies Record<string, ReasonRow>;

/** Any reason of the list. */
export type Reason = keyof typeof REASONS;

/** All reasons, for schemas. */
export const reasons = Object.keys(REASONS) as [Reason, ...Reason[]];
