import { definePlatform } from './definition';
import { format, optional, secret, text } from './fields';

const tenCharacters = format(/^[A-Z0-9]{10}$/, 'must be 10 characters A–Z and 0–9');
const developerToken = { Authorization: 'Bearer {developer_token}' };

/** https://developer.apple.com/documentation/applemusicapi/generating-developer-tokens and …/http-status-codes */
export const appleMusic = definePlatform({
  id: 'apple_music',
  displayName: 'Apple Music',
  kind: 'streaming',
  link: 'https://music.apple.com',
  developerUrl: 'https://developer.apple.com/account/resources/authkeys/list',
  notice: 'Needs a paid membership of the Apple Developer Program, and a key with the MusicKit service.',
  hosts: { api: 'https://api.music.apple.com' },
  auth: {
    type: 'developer_token',
    algorithm: 'ES256',
    issuer: 'team_id',
    keyId: 'key_id',
    privateKey: 'private_key',
    // 180 days: Apple documents 15,777,000 seconds, and has been seen to refuse exactly that.
    lifetimeSecondsMax: 15_552_000,
  },
  clock: {
    since: 'music_user_token',
    months: 6,
    why: 'Apple ends a Music User Token after about six months, and has no refresh.',
  },
  credential: {
    team_id: text({
      label: 'Team ID',
      help: "Under 'Membership details'.",
      example: 'A1B2C3D4E5',
      problem: tenCharacters,
    }),
    key_id: text({ label: 'Key ID', help: 'Of the MusicKit key.', example: 'F6G7H8I9J0', problem: tenCharacters }),
    private_key: secret({
      label: 'Private key',
      help: 'All of AuthKey_<Key ID>.p8; Apple lets you download it once.',
      example: '-----BEGIN PRIVATE KEY-----\n…\n-----END PRIVATE KEY-----',
      kind: 'multiline',
      // From an environment file or a JSON text the line breaks come as two characters.
      clean: (value) => value.replaceAll('\\r', '').replaceAll('\\n', '\n'),
      problem: format(
        /^-----BEGIN PRIVATE KEY-----\r?\n[^-]+\r?\n-----END PRIVATE KEY-----$/,
        'must be the whole .p8 file, with its first line "-----BEGIN PRIVATE KEY-----" and its last (PKCS#8, not "EC" or "RSA PRIVATE KEY")',
      ),
    }),
    music_user_token: optional(
      secret({
        label: 'Music User Token',
        help: "From MusicKit in the user's browser or phone, for what belongs to the user; the catalogue needs none.",
      }),
    ),
  },
  probes: [
    {
      name: 'developer_token',
      proves: 'Team ID, key ID and private key',
      needs: ['developer_token'],
      request: { host: 'api', path: '/v1/test', headers: developerToken },
      anyBody: true,
    },
    {
      name: 'user',
      proves: 'The Music User Token, and a subscription',
      needs: ['developer_token', 'music_user_token'],
      after: 'developer_token',
      request: {
        host: 'api',
        path: '/v1/me/storefront',
        headers: { ...developerToken, 'Music-User-Token': '{music_user_token}' },
      },
    },
  ],
  codeAt: ['errors.code'],
  failures: [
    {
      status: 401,
      part: 'developer_token',
      reason: 'invalid_client',
      remedy:
        "Check team ID, key ID, that the .p8 is of this key, that the key has MusicKit and is not revoked, and this server's clock.",
    },
    { status: 401, part: 'user', reason: 'no_subscription' },
    { codes: ['40015'], reason: 'no_subscription' },
    {
      status: 403,
      codes: ['40300'],
      part: 'user',
      reason: 'token_revoked',
      remedy: 'Get a new Music User Token with MusicKit and store it.',
    },
    {
      status: 403,
      part: 'user',
      reason: 'account_problem',
      remedy: "Open Apple Music with this account once and accept the 'Apple Music & Privacy' notice.",
    },
  ],
});
