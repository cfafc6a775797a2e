/** What every code says about itself: the one place where status, retry and the sentences for people are written down. */
export interface ErrorRow {
  readonly status: number;
  /** The same request, unchanged, can succeed within minutes: a program may try again by itself, honouring `Retry-After`. */
  readonly retryable: boolean;
  /** What happened, for people. */
  readonly message: string;
  /** What the caller should do now. */
  readonly solution: string;
}

/** Everything that can go wrong. A code is for ever: it may fall out of use, it is never renamed. */
export const ERRORS = {
  // request
  VALIDATION_FAILED: {
    status: 400,
    retryable: false,
    message: 'The request is not valid',
    solution:
      'Correct every field listed in data.fields, each with what is expected of it, and send the request again.',
  },
  NOT_FOUND: {
    status: 404,
    retryable: false,
    message: 'There is nothing here',
    solution:
      'Check the path, the method and the id, and that the key or session is in the mode (live or test) the resource was made in. What belongs to another user is not found either.',
  },
  CONFLICT: {
    status: 409,
    retryable: false,
    message: 'The request contradicts the present state of the resource',
    solution: 'Read the resource again, decide whether the change is still wanted, and send it against the new state.',
  },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    retryable: false,
    message: 'The request body is too large',
    solution: 'Send less: the limit that was passed is in details.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    retryable: false,
    message: 'The content type, or the content itself, is not one that is accepted here',
    solution:
      'Send JSON as application/json and files as multipart/form-data. Audio is recognised by its bytes, not its name: WAV, MP3, FLAC, Ogg Vorbis and Opus can always be read.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    retryable: false,
    message: 'This Idempotency-Key was already used with another request body',
    solution: 'Use a new Idempotency-Key for every new request, and the same one only to repeat the same request.',
  },
  REQUEST_IN_PROGRESS: {
    status: 409,
    retryable: true,
    message: 'A request with this Idempotency-Key is still running',
    solution: 'Wait a moment and repeat it with the same key and body: the answer of the first request comes back.',
  },
  HTTPS_REQUIRED: {
    status: 403,
    retryable: false,
    message: 'This installation is reached over https only',
    solution:
      'Repeat the request with https. Treat the key or password as exposed if it was sent over plain http, and replace it.',
  },

  // sign-in
  AUTHENTICATION_REQUIRED: {
    status: 401,
    retryable: false,
    message: 'This route needs authentication',
    solution: 'Send an API key in X-API-Key, or an access token as Authorization: Bearer. Never both.',
  },
  INVALID_TOKEN: {
    status: 401,
    retryable: false,
    message: 'The provided authentication token is invalid or expired',
    solution: 'Log in again at POST /v1/auth/login and use the new access token.',
  },
  TOKEN_EXPIRED: {
    status: 401,
    retryable: false,
    message: 'The access token has expired',
    solution: 'Get a new one with the refresh token at POST /v1/auth/refresh, then send the request again.',
  },
  INVALID_API_KEY: {
    status: 401,
    retryable: false,
    message: 'The API key is not valid',
    solution:
      'Check that the whole key was copied (sk_live_ or sk_test_ and 32 characters) and that it was not revoked; make a new one on the dashboard or at POST /v1/user/api-keys.',
  },
  API_KEY_EXPIRED: {
    status: 401,
    retryable: false,
    message: 'The API key has expired',
    solution: 'Rotate the key or make a new one with a later expires_at, and put it in place of this one.',
  },
  INVALID_CREDENTIALS: {
    status: 401,
    retryable: false,
    message: 'E-mail and password do not match an account',
    solution: 'Check both, or reset the password at POST /v1/auth/password/forgot.',
  },
  INVALID_REFRESH_TOKEN: {
    status: 401,
    retryable: false,
    message: 'The refresh token is invalid, expired or was already replaced',
    solution:
      'Log in again at POST /v1/auth/login. If this was not expected, end all sessions and change the password.',
  },
  ACCOUNT_LOCKED: {
    status: 429,
    retryable: false,
    message: 'Too many failed attempts: signing in is locked for a while',
    solution:
      'Wait for the seconds in Retry-After before trying again, with the right password: each further failure doubles the wait. A password reset works meanwhile.',
  },

  // permissions and limits
  INSUFFICIENT_PERMISSIONS: {
    status: 403,
    retryable: false,
    message: 'The key or session may not do this',
    solution: 'Use a key that holds the permission named in details, or a session of a user with the role it names.',
  },
  IP_NOT_ALLOWED: {
    status: 403,
    retryable: false,
    message: 'This API key may not be used from this address',
    solution: "Call from an address inside the key's allowed_ips, or make a key that allows this one.",
  },
  MODEL_NOT_IN_TIER: {
    status: 403,
    retryable: false,
    message: "The model is not part of this user's tier",
    solution: 'Choose a model that GET /v1/models shows as available, or move to a tier that has this one.',
  },
  RATE_LIMIT_EXCEEDED: {
    status: 429,
    retryable: true,
    message: 'Too many requests',
    solution: 'Wait for the seconds in Retry-After; the RateLimit headers on every answer say what is left.',
  },
  QUOTA_EXCEEDED: {
    status: 429,
    retryable: false,
    message: "The tier's quota is used up",
    solution: 'Wait for the reset (usage.reset_date of GET /v1/user/profile) or move to a larger tier.',
  },

  // platform credentials
  OAUTH_STATE_INVALID: {
    status: 400,
    retryable: false,
    message: 'This authorisation was not started here, was already used, or is too old',
    solution:
      'Start the flow again at POST /v1/credentials/{id}/oauth/start and finish it within ten minutes, in the browser it was started in. Nothing was stored.',
  },
  NO_ACTIVE_CREDENTIAL: {
    status: 409,
    retryable: false,
    message: 'There is no active credential for this platform',
    solution: 'Store one at POST /v1/credentials, or activate a stored one. Live and test mode each have their own.',
  },
  REAUTHORIZATION_REQUIRED: {
    status: 409,
    retryable: false,
    message: 'The platform wants the user to authorise again',
    solution:
      "Send the user through POST /v1/credentials/{id}/oauth/start once more; no request is made with the old grant until then. Without OAuth, store the platform's new user token.",
  },
  CREDENTIAL_INVALID: {
    status: 422,
    retryable: false,
    message: 'The platform refuses this credential',
    solution:
      'See data.reason and data.remedy, correct the fields with PATCH /v1/credentials/{id}, and validate it again.',
  },
  TOKEN_REFRESH_FAILED: {
    status: 502,
    retryable: true,
    message: 'The platform did not renew the access token',
    solution:
      'Try again shortly: the vault goes on trying, and the credential is not lost. data.reason says what the platform answered.',
  },

  // platforms
  UPSTREAM_ERROR: {
    status: 502,
    retryable: false,
    message: 'The platform answered in a way that was not expected',
    solution:
      'Look at data.upstream_status and data.reason. If it stays, report it with the request_id: the platform may have changed its API.',
  },
  UPSTREAM_FORBIDDEN: {
    status: 502,
    retryable: false,
    message: 'The platform refuses this call',
    solution: 'Do what data.remedy says: data.reason tells a missing scope from a closed API or a wrong kind of key.',
  },
  UPSTREAM_RATE_LIMITED: {
    status: 502,
    retryable: true,
    message: "The platform's rate limit or quota is used up",
    solution: 'Try again later; details says when the platform gave a time. The credential itself is not in doubt.',
  },
  UPSTREAM_UNAVAILABLE: {
    status: 503,
    retryable: true,
    message: 'The platform cannot be reached',
    solution:
      'Try again after Retry-After. In test mode the platform sandbox must be running: see GET /v1/status for its state.',
  },
  UPSTREAM_TIMEOUT: {
    status: 504,
    retryable: true,
    message: 'The platform did not answer in time',
    solution: 'Try again. GET /v1/status shows whether the platform is slow for everybody.',
  },

  // generations
  GENERATION_NOT_READY: {
    status: 409,
    retryable: true,
    message: 'The generation is not finished yet',
    solution: 'Follow GET /v1/generate/{id}/events, or ask GET /v1/generate/{id} again until it has succeeded.',
  },
  GENERATION_FINISHED: {
    status: 409,
    retryable: false,
    message: 'The generation has already ended',
    solution: 'There is nothing left to cancel. DELETE /v1/generate/{id} removes it and its files.',
  },
  GONE: {
    status: 410,
    retryable: false,
    message: 'This was deleted at the end of its retention',
    solution: 'Generate it again: the generation still shows its parameters and seed.',
  },
  MODEL_UNAVAILABLE: {
    status: 503,
    retryable: true,
    message: 'No engine can render this model at the moment',
    solution: 'Try again after Retry-After, or choose another model: GET /v1/models says which are available.',
  },

  // the system itself
  INTERNAL_ERROR: {
    status: 500,
    retryable: false,
    message: 'Something went wrong on our side',
    solution: 'Report it with the request_id, under which the cause is in our log.',
  },
  SERVICE_UNAVAILABLE: {
    status: 503,
    retryable: true,
    message: 'A part of the system is not available at the moment',
    solution: 'Try again after Retry-After. GET /v1/status shows which part it is.',
  },
  TIMEOUT: {
    status: 504,
    retryable: true,
    message: 'The request took too long',
    solution:
      'Try again; for a request that creates something, with the same Idempotency-Key, so that it is made once.',
  },
} as const satisfies Record<string, ErrorRow>;

/** Any code of the catalogue. */
export type ErrorCode = keyof typeof ERRORS;

/** Tells whether a value from outside is a code this version knows. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERRORS, value);
}
