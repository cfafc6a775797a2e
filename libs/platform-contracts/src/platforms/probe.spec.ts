import { explainAnswer, explanation, fillRequest, platforms, REASONS, reasons, type PlatformId, type Reason } from '.';

const json = (value: unknown) => JSON.stringify(value);
const google = (reason: string, message = '') =>
  json({ error: { message, errors: [{ reason }], details: [{ reason }] } });

type Case = [platform: PlatformId, part: string, status: number, body: string, reason: Reason];
const cases: Case[] = [
  ['spotify', 'user', 200, '{"id":"x"}', 'ok'],
  ['spotify', 'app', 400, json({ error: 'invalid_client', error_description: 'Invalid client' }), 'invalid_client'],
  [
    'spotify',
    'token',
    400,
    json({ error: 'invalid_grant', error_description: 'Refresh token revoked' }),
    'token_revoked',
  ],
  ['spotify', 'user', 401, json({ error: { status: 401, message: 'The access token expired' } }), 'token_expired'],
  ['spotify', 'user', 403, json({ error: { status: 403 } }), 'forbidden'],
  ['spotify', 'user', 403, 'User not registered in the Developer Dashboard', 'forbidden'],
  ['spotify', 'user', 403, 'Active premium subscription required for the owner of the app.', 'account_problem'],
  ['spotify', 'user', 403, json({ error: { message: 'Insufficient client scope' } }), 'insufficient_scope'],
  ['spotify', 'user', 429, json({ error: { reason: 'QUOTA_EXCEEDED' } }), 'quota_exceeded'],
  ['spotify', 'user', 429, 'Too many requests', 'rate_limited'],
  ['spotify', 'user', 503, '<html>scope</html>', 'upstream_unavailable'],
  ['spotify', 'user', 200, '<html>Log in to the hotel</html>', 'upstream_unexpected'],
  ['spotify', 'user', 302, '', 'upstream_unexpected'],
  ['youtube_music', 'api_key', 400, google('API_KEY_INVALID'), 'invalid_api_key'],
  [
    'youtube_music',
    'api_key',
    400,
    google('badRequest', 'API key expired. Please renew the API key.'),
    'invalid_api_key',
  ],
  ['youtube_music', 'api_key', 400, google('keyInvalid', 'Bad Request'), 'invalid_api_key'],
  ['youtube_music', 'api_key', 403, google('SERVICE_DISABLED'), 'api_not_enabled'],
  ['youtube_music', 'api_key', 403, google('API_KEY_IP_ADDRESS_BLOCKED'), 'api_key_restricted'],
  ['youtube_music', 'api_key', 403, google('quotaExceeded', 'exceeded your <a href="/">quota</a>'), 'quota_exceeded'],
  ['youtube_music', 'search', 429, google('rateLimitExceeded', "limit 'Search Queries per day'"), 'quota_exceeded'],
  ['youtube_music', 'search', 429, google('rateLimitExceeded'), 'rate_limited'],
  ['youtube_music', 'oauth', 401, google('authError'), 'token_expired'],
  ['youtube_music', 'oauth', 401, google('youtubeSignupRequired'), 'account_problem'],
  ['youtube_music', 'oauth', 403, google('ACCESS_TOKEN_SCOPE_INSUFFICIENT'), 'insufficient_scope'],
  ['youtube_music', 'token', 400, json({ error: 'invalid_grant', error_subtype: 'invalid_rapt' }), 'reauth_required'],
  ['youtube_music', 'oauth', 200, json({ items: [{ id: 'UC1' }] }), 'ok'],
  ['youtube_music', 'oauth', 200, json({ pageInfo: { totalResults: 0 } }), 'account_problem'],
  ['amazon_music', 'login', 400, json({ error: 'invalid_token' }), 'token_expired'],
  ['amazon_music', 'music', 401, json({ error: { code: 'MISSING_DEVICE_ID' } }), 'missing_field'],
  ['amazon_music', 'music', 401, json({ error: { code: 'UNAUTHORIZED' } }), 'api_not_enabled'],
  ['amazon_music', 'music', 403, json({ error: { code: 'AUTH_NO_MUSIC_ACCOUNT_FOUND' } }), 'account_problem'],
  ['amazon_music', 'music', 403, json({ error: { code: 'SOMETHING_NEW' } }), 'api_not_enabled'],
  ['apple_music', 'developer_token', 200, '', 'ok'],
  ['apple_music', 'developer_token', 401, '', 'invalid_client'],
  ['apple_music', 'user', 401, '', 'no_subscription'],
  ['apple_music', 'user', 403, json({ errors: [{ code: '40300', status: '403' }] }), 'token_revoked'],
  ['apple_music', 'user', 403, json({ errors: [{ code: '40301' }] }), 'account_problem'],
  ['deezer', 'public', 200, json({ country: 'France', open: true }), 'ok'],
  ['deezer', 'public', 200, json({ country: 'France' }), 'ok'],
  ['deezer', 'public', 200, json({ country: 'Nowhere', open: false }), 'region_unavailable'],
  ['deezer', 'user', 200, json({ id: 1, error: [] }), 'ok'],
  ['deezer', 'user', 200, 'true', 'ok'],
  ['deezer', 'user', 200, json({ error: { type: 'OAuthException', code: 300 } }), 'token_revoked'],
  ['deezer', 'user', 200, json({ error: { type: 'Exception', code: 4 } }), 'rate_limited'],
  [
    'deezer',
    'user',
    200,
    json({ error: { type: 'Exception', message: 'An error has occured' } }),
    'upstream_unexpected',
  ],
  ['deezer', 'user', 404, json({ error: 'Not Found' }), 'upstream_unexpected'],
  ['tidal', 'app', 401, json({ status: 401, error: 'invalid_client', sub_status: 1005 }), 'invalid_client'],
  ['tidal', 'user', 401, json({ status: 401, subStatus: 11003 }), 'token_expired'],
  ['tidal', 'user', 401, json({ status: 401, subStatus: 4005 }), 'upstream_unexpected'],
  ['tidal', 'user', 403, json({ status: 403, subStatus: 11004 }), 'insufficient_scope'],
  ['tidal', 'token', 400, json({ error: 'unauthorized_client' }), 'reauth_required'],
  ['acrcloud', 'console', 403, json({ message: 'Authentication Exception' }), 'invalid_api_key'],
  ['acrcloud', 'console', 302, '', 'invalid_api_key'],
  ['acrcloud', 'container', 401, json({ message: 'Unauthenticated.' }), 'invalid_api_key'],
  ['acrcloud', 'container', 404, '{}', 'malformed_field'],
  ['acrcloud', 'container', 403, json({ message: 'Invalid Container' }), 'malformed_field'],
  ['acrcloud', 'container', 403, '{}', 'forbidden'],
  ['acrcloud', 'identify', 200, json({ status: { code: 0, msg: 'Success' } }), 'ok'],
  ['acrcloud', 'identify', 200, json({ status: { code: 1001, msg: 'No result' } }), 'ok'],
  ['acrcloud', 'identify', 200, json({ status: { code: 3001 } }), 'invalid_api_key'],
  ['acrcloud', 'identify', 200, json({ status: { code: 3014 } }), 'invalid_client'],
  ['acrcloud', 'identify', 200, json({ status: { code: 3015, msg: 'QpS limit exceeded' } }), 'rate_limited'],
  ['acrcloud', 'identify', 200, json({ status: { code: 3015, msg: 'Could not generate fingerprint' } }), 'ok'],
];

describe('the tables of failures', () => {
  it.each(cases)('%s %s: %i %s means %5$s', (platform, part, status, body, reason) => {
    expect(explainAnswer(platforms[platform], part, { status, body }).reason).toBe(reason);
  });

  it('prefer the remedy of the platform to the common one', () => {
    const body = 'User not registered in the Developer Dashboard';
    expect(explainAnswer(platforms.spotify, 'user', { status: 403, body }).remedy).toContain('Users and Access');
    expect(explainAnswer(platforms.spotify, 'user', { status: 403, body: '' }).remedy).toBe(REASONS.forbidden.remedy);
  });

  it('name the code of the platform, and never its text', () => {
    const body = json({ error: { code: 300, type: 'OAuthException', message: 'Invalid token fr-canary' } });
    const explained = explainAnswer(platforms.deezer, 'user', { status: 200, body });
    expect(explained.upstream_code).toBe('300');
    expect(json(explained)).not.toContain('canary');
    const sentence = json({ error: 'the secret abc is wrong' });
    expect(explainAnswer(platforms.deezer, 'user', { status: 400, body: sentence })).not.toHaveProperty(
      'upstream_code',
    );
  });

  it('take a login that belongs to another client for a wrong client', () => {
    const answer = { status: 200, body: json({ aud: 'theirs' }) };
    expect(explainAnswer(platforms.amazon_music, 'login', answer, { client_id: 'ours' }).reason).toBe('invalid_client');
    expect(explainAnswer(platforms.amazon_music, 'login', answer, { client_id: 'theirs' }).reason).toBe('ok');
  });

  it("read Deezer's text instead of a token as a failure of the code or of the client", () => {
    const read = (body: string) =>
      explainAnswer(platforms.deezer, 'token', { status: 200, body, isUnusable: true }).reason;
    expect(read('wrong code')).toBe('reauth_required');
    expect(read('wrong secret')).toBe('invalid_client');
  });

  it.each(['', 'null', '[]', '{', '{"error":null}', '{"error":[[{"code":{}}]]}', '"__proto__"'])(
    'never throw, whatever the body: %s',
    (body) => {
      for (const platform of Object.values(platforms)) {
        for (const status of [200, 302, 400, 401, 418, 500]) {
          expect(reasons).toContain(explainAnswer(platform, 'user', { status, body }).reason);
        }
      }
    },
  );
});

describe('reasons', () => {
  it('leave the last verdict where the platform said nothing about the credential', () => {
    const silent = reasons.filter((reason) => REASONS[reason].verdict === 'none');
    expect(silent).toEqual(
      expect.arrayContaining(['quota_exceeded', 'rate_limited', 'upstream_unavailable', 'network_error', 'timeout']),
    );
  });

  it('all say what happened and, but for ok, what to do', () => {
    for (const reason of reasons) {
      const { message, remedy } = explanation(reason);
      expect(message).not.toBe('');
      if (reason !== 'ok') expect(remedy).toMatch(/\.$/);
    }
  });
});

describe('fillRequest', () => {
  const request = {
    host: 'music',
    path: '/v2/{id}/me',
    query: { key: '{api_key}', part: 'id' },
    headers: { Authorization: 'Bearer {access_token}', 'X-Device': '{device_id}' },
  };

  it('puts the values in, encoded in the path, and leaves out what has none', () => {
    expect(fillRequest(request, { id: '../1', api_key: 'k', access_token: 't' })).toEqual({
      host: 'music',
      path: '/v2/..%2F1/me',
      query: { key: 'k', part: 'id' },
      headers: { Authorization: 'Bearer t' },
    });
  });

  it('does not make a path with a hole', () => {
    expect(() => fillRequest(request, {})).toThrow('/v2/{id}/me');
  });
});
