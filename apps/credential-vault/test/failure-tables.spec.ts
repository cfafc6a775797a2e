import { explainAnswer, platforms, reasons, type PlatformId, type Reason } from '@musicgen/platform-contracts';
import { startTestSandbox, type TestSandbox } from '@musicgen/testing';
import { nextCheckAt } from '../src/validation/schedule';
import { isValid, judge } from '../src/validation/verdict';

/** What becomes of a good credential after each reason, and when its platform is asked again. */
const consequences: Record<Reason, [state: string, again: 'tomorrow' | 'soon' | 'never']> = {
  ok: ['valid', 'tomorrow'],
  unverifiable: ['valid', 'tomorrow'],
  missing_field: ['invalid', 'tomorrow'],
  malformed_field: ['invalid', 'tomorrow'],
  invalid_client: ['invalid', 'tomorrow'],
  invalid_api_key: ['invalid', 'tomorrow'],
  api_key_restricted: ['invalid', 'tomorrow'],
  api_not_enabled: ['invalid', 'tomorrow'],
  token_expired: ['valid', 'soon'],
  token_revoked: ['needs_reauthorization', 'never'],
  reauth_required: ['needs_reauthorization', 'never'],
  insufficient_scope: ['invalid', 'tomorrow'],
  forbidden: ['invalid', 'tomorrow'],
  no_subscription: ['invalid', 'tomorrow'],
  account_problem: ['invalid', 'tomorrow'],
  region_unavailable: ['invalid', 'tomorrow'],
  quota_exceeded: ['valid', 'tomorrow'],
  rate_limited: ['valid', 'soon'],
  upstream_unavailable: ['valid', 'soon'],
  upstream_unexpected: ['valid', 'soon'],
  network_error: ['valid', 'soon'],
  timeout: ['valid', 'soon'],
};

type Row = [failures: string, part: string, reason: Reason, remedy?: string];

/** Every row of every table; failures that mean the same stand together. */
const tables: Record<PlatformId, Row[]> = {
  spotify: [
    ['no_client unknown_client invalid_client', 'token', 'invalid_client', 'Copy client id and secret'],
    ['invalid_code expired_code wrong_redirect_uri wrong_verifier', 'token', 'token_revoked', 'Authorise again'],
    ['unknown_refresh_token invalid_grant', 'token', 'token_revoked', 'Authorise again'],
    ['unsupported_grant', 'token', 'upstream_unexpected', 'Report it'],
    ['token_outage', 'token', 'upstream_unavailable'],
    ['server_error', 'user', 'upstream_unavailable'],
    ['unauthorized missing_token unauthorized_legacy', 'user', 'token_expired'],
    ['endpoint_closed endpoint_removed not_owner', 'user', 'forbidden', 'developer console'],
    ['user_not_registered user_not_approved', 'user', 'forbidden', 'Users and Access'],
    ['owner_needs_premium', 'user', 'account_problem', 'Spotify Premium'],
    ['insufficient_scope', 'user', 'insufficient_scope', 'authorise again'],
    ['premium_required', 'user', 'no_subscription', 'Subscribe'],
    ['rate_limited rate_limited_text rate_limited_all_day', 'user', 'rate_limited'],
    ['quota_exceeded', 'user', 'quota_exceeded', 'Wait for the reset'],
  ],
  youtube_music: [
    ['invalid_grant', 'token', 'token_revoked', "'Testing'"],
    ['malformed_code used_code wrong_verifier invalid_rapt', 'token', 'reauth_required', 'Authorise again'],
    ['unknown_client invalid_client', 'token', 'invalid_client'],
    ['redirect_uri_mismatch', 'token', 'malformed_field', 'redirect_uri'],
    ['invalid_request unsupported_grant', 'token', 'upstream_unexpected'],
    ['api_key_invalid api_key_expired api_key_invalid_legacy', 'api_key', 'invalid_api_key', 'make a new one'],
    ['api_key_missing api_key_missing_legacy', 'api_key', 'missing_field'],
    ['api_not_enabled', 'api_key', 'api_not_enabled', 'https://console.cloud.google.com/'],
    ['api_key_service_blocked', 'api_key', 'api_key_restricted', 'Allow this API'],
    ['api_key_referrer_blocked api_key_ip_blocked api_key_android_blocked', 'api_key', 'api_key_restricted', 'by IP'],
    ['api_key_ios_blocked ip_referer_blocked_legacy', 'api_key', 'api_key_restricted', 'by IP'],
    ['quota_exceeded daily_limit_exceeded_legacy', 'api_key', 'quota_exceeded'],
    ['search_quota_exceeded', 'search', 'quota_exceeded'],
    ['rate_limited user_rate_limited', 'api_key', 'rate_limited'],
    ['unauthorized', 'oauth', 'token_expired'],
    ['insufficient_scope', 'oauth', 'insufficient_scope'],
    ['signup_required', 'oauth', 'account_problem', 'Create a YouTube channel'],
    ['account_closed account_suspended delegation_forbidden', 'oauth', 'account_problem'],
    ['forbidden', 'oauth', 'forbidden'],
    ['bad_parameter', 'oauth', 'upstream_unexpected'],
    ['server_error internal_error', 'api_key', 'upstream_unavailable'],
  ],
  amazon_music: [
    ['invalid_grant', 'token', 'token_revoked', 'Authorise again'],
    ['invalid_code', 'token', 'reauth_required', 'Authorise again'],
    ['invalid_client', 'token', 'invalid_client'],
    ['invalid_request unsupported_grant', 'token', 'upstream_unexpected'],
    ['unauthorized_client', 'token', 'forbidden'],
    ['invalid_token', 'login', 'token_expired'],
    ['v1_bad_request v1_not_found v1_validation v2_bad_request v2_not_found', 'music', 'upstream_unexpected'],
    ['v1_invalid_auth_type v1_invalid_auth_token', 'music', 'missing_field'],
    ['v1_invalid_access_token v1_no_access_token', 'music', 'token_expired'],
    ['v1_invalid_client_id', 'music', 'invalid_client', 'security_profile_id'],
    ['v1_no_api_key', 'music', 'api_not_enabled', 'security_profile_id'],
    ['v1_not_enabled', 'music', 'forbidden', 'closed beta'],
    ['v1_auth_no_music_account v1_no_music_account', 'music', 'account_problem', 'music.amazon.com'],
    ['v1_denied_tier', 'music', 'no_subscription'],
    ['v2_unauthorized v2_forbidden', 'music', 'api_not_enabled', 'closed beta'],
    ['v2_missing_device_id', 'music', 'missing_field', 'device_id'],
    ['v2_territory', 'music', 'region_unavailable'],
    ['rate_limited v1_throttled v2_concurrency', 'music', 'rate_limited'],
    ['server_error v1_internal v2_internal', 'music', 'upstream_unavailable'],
  ],
  apple_music: [
    ['unauthorized', 'developer_token', 'invalid_client', 'clock'],
    ['no_subscription', 'user', 'no_subscription'],
    ['insufficient_privileges', 'user', 'no_subscription'],
    ['invalid_user_token', 'user', 'token_revoked', 'MusicKit'],
    ['privacy_notice', 'user', 'account_problem', 'Privacy'],
    ['forbidden', 'catalogue', 'forbidden'],
    ['not_found', 'developer_token', 'upstream_unexpected'],
    ['rate_limited', 'developer_token', 'rate_limited'],
    ['server_error internal_error', 'developer_token', 'upstream_unavailable'],
  ],
  deezer: [
    ['wrong_code', 'token', 'reauth_required'],
    ['invalid_client unknown_client', 'token', 'invalid_client'],
    ['items_limit wrong_parameter missing_parameter invalid_query no_data no_data_404', 'user', 'upstream_unexpected'],
    ['no_code error_string', 'user', 'upstream_unexpected'],
    ['no_token', 'user', 'missing_field'],
    ['permission', 'user', 'insufficient_scope'],
    ['invalid_token', 'user', 'token_revoked', 'Authorise again'],
    ['individual_account', 'user', 'forbidden'],
    ['empty_error bare_true', 'user', 'ok'],
    ['region_closed edge_403', 'public', 'region_unavailable'],
    ['rate_limited', 'user', 'rate_limited'],
    ['service_busy server_error', 'user', 'upstream_unavailable'],
  ],
  tidal: [
    ['invalid_client', 'token', 'invalid_client'],
    ['invalid_grant invalid_code', 'token', 'token_revoked', 'Authorise again'],
    ['unauthorized_client invalid_request access_denied', 'token', 'reauth_required', 'Authorise again'],
    ['authorization_pending expired_device_code', 'token', 'upstream_unexpected'],
    ['token_expired token_invalid token_expired_json_api token_11001 token_11101 token_6001', 'user', 'token_expired'],
    ['asset_not_ready', 'user', 'upstream_unexpected'],
    ['insufficient_scope', 'user', 'insufficient_scope'],
    ['forbidden', 'catalogue', 'forbidden'],
    ['bad_request not_found method_not_allowed not_acceptable', 'catalogue', 'upstream_unexpected'],
    ['unsupported_media_type', 'catalogue', 'upstream_unexpected'],
    ['rate_limited', 'catalogue', 'rate_limited'],
    ['server_error internal_error', 'catalogue', 'upstream_unavailable'],
  ],
  acrcloud: [
    ['no_result no_fingerprint could_not_fingerprint too_large', 'identify', 'ok'],
    ['invalid_access_key', 'identify', 'invalid_api_key', 'region'],
    ['invalid_signature', 'identify', 'invalid_client', 'access secret'],
    ['limit_exceeded limit_exceeded_long', 'identify', 'quota_exceeded'],
    ['qps_exceeded', 'identify', 'rate_limited'],
    ['invalid_content_type invalid_arguments', 'identify', 'upstream_unexpected'],
    ['service_error metadata_error', 'identify', 'upstream_unavailable'],
    ['bad_token_403 bad_token_401 bad_token_text', 'console', 'invalid_api_key', 'Developer Settings'],
    ['bad_token_html login_redirect', 'console', 'invalid_api_key', 'Developer Settings'],
    ['invalid_container invalid_container_403', 'container', 'malformed_field', 'container_id'],
    ['file_not_found', 'container', 'malformed_field', 'container_id'],
    ['file_empty_list', 'container', 'ok'],
    ['no_file_scanning', 'container', 'forbidden', 'scopes and the plan'],
    ['validation', 'console', 'upstream_unexpected'],
    ['plan_exhausted_402 plan_exhausted_403', 'console', 'quota_exceeded', 'plan'],
    ['rate_limited console_rate_limited', 'console', 'rate_limited'],
    ['server_error', 'console', 'upstream_unavailable'],
  ],
};

let sandbox: TestSandbox;
let places: Map<string, { host?: string; path?: string }>;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  const { platforms: all } = await sandbox.control('GET', '/failures');
  places = new Map(
    all.flatMap(({ platform, failures }: { platform: string; failures: { name: string }[] }) =>
      failures.map((failure) => [`${platform} ${failure.name}`, failure]),
    ),
  );
});
afterAll(() => sandbox.close());

/** What the platform says when it fails so. */
async function answerOf(platform: PlatformId, failure: string) {
  await sandbox.control('DELETE', '/faults');
  await sandbox.control('POST', '/faults', { platform, failure });
  const { host = Object.keys(platforms[platform].hosts)[0], path = '/x' } = places.get(`${platform} ${failure}`)!;
  const url = `${sandbox.url}/${platform}/${host}${path.replaceAll('*', 'x')}`;
  const answer = await fetch(url, { redirect: 'manual', headers: { accept: 'application/json' } });
  return { status: answer.status, body: await answer.text() };
}

type FlatRow = [platform: PlatformId, failure: string, part: string, reason: Reason, remedy: string];
const rows = Object.entries(tables).flatMap(([platform, table]) =>
  table.flatMap(([failures, part, reason, remedy = '']) =>
    failures.split(' ').map((failure): FlatRow => [platform as PlatformId, failure, part, reason, remedy]),
  ),
);

describe('every row of every table of failures', () => {
  it('is here', () => {
    const known = rows.map(([platform, failure]) => `${platform} ${failure}`);
    expect(known.toSorted()).toEqual([...places.keys()].toSorted());
    expect(Object.keys(consequences).toSorted()).toEqual([...reasons].toSorted());
  });

  it.each(rows)('%s %s, in %s: %s', async (platform, failure, part, reason, remedy) => {
    const answer = await answerOf(platform, failure);
    const isUnusable = part === 'token' && answer.status < 300;
    const explained = explainAnswer(platforms[platform], part, { ...answer, isUnusable });
    expect(explained).toMatchObject({ reason, remedy: expect.stringContaining(remedy) });
    if (reason !== 'ok') expect(explained.remedy).not.toBe('');

    const checked = [
      {
        name: part,
        ...explained,
        valid: isValid(reason),
        upstream_status: answer.status,
        isLeftOut: false,
        provesGrant: true,
        provesCredential: true,
      },
    ];
    const [state, again] = consequences[reason];
    expect(judge(checked, 'valid').state).toBe(state);
    const now = new Date('2026-11-20T10:15:00.000Z');
    const waitMs = nextCheckAt('cred_1', checked, now).getTime() - now.getTime();
    if (again === 'soon') expect(waitMs).toBe(3_600_000);
    if (again === 'tomorrow') expect(waitMs).toBeGreaterThan(12 * 3_600_000);
    // The schedule passes over whoever has to authorise.
    expect(again === 'never').toBe(state === 'needs_reauthorization');
  });
});
