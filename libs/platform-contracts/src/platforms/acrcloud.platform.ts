import { definePlatform } from './definition';
import { digits, format, optional, secret, text } from './fields';

const host = String.raw`[a-z0-9-]+(\.[a-z0-9-]+)*\.acrcloud\.(com|cn)`;
const wrongHost = 'must be a host of ACRCloud (*.acrcloud.com or *.acrcloud.cn), with no port and no path';
const isProjectKey = (value: string) => /^[0-9a-f]{32}$/.test(value);
const consoleHeaders = { Authorization: 'Bearer {bearer_token}', Accept: 'application/json' };
const newToken =
  "Create a console token under Account → Developer Settings; a project's access key does not work here.";
const usedUp = "Raise the plan in ACRCloud's console, or wait for its next period.";

/**
 * Two APIs with two unrelated credentials. https://docs.acrcloud.com/reference/identification-api,
 * https://docs.acrcloud.com/reference/console-api/file-scanning
 */
export const acrcloud = definePlatform({
  id: 'acrcloud',
  displayName: 'ACRCloud',
  kind: 'recognition',
  link: 'https://console.acrcloud.com',
  developerUrl: 'https://console.acrcloud.com',
  notice:
    'File scanning wants the bearer token, identification the access key and secret of a project: neither replaces the other.',
  hosts: { console: 'https://api-v2.acrcloud.com' },
  hostFields: { files: 'base_url', identify: 'identify_host' },
  auth: {
    type: 'keys',
    signature: {
      scheme: 'acrcloud_identify',
      host: 'identify',
      path: '/v1/identify',
      key: 'identify_access_key',
      secret: 'identify_access_secret',
    },
  },
  credential: {
    name: optional(text({ label: 'Name', help: 'Of the ACRCloud project, for you.', example: 'My project' })),
    base_url: optional(
      text({
        label: 'Base URL',
        help: "Of the console API, in the container's region.",
        example: 'https://api-eu-west-1.acrcloud.com',
        kind: 'url',
        clean: (value) => value.replace(/\/(api\/?)?$/, '').replace(/^(?!https?:)/, 'https://'),
        problem: format(new RegExp(`^https://${host}$`), wrongHost + ', over https'),
      }),
    ),
    bearer_token: optional(
      secret({
        label: 'Bearer token',
        help: 'Of the console API: Account → Developer Settings. More than 1,000 characters.',
        clean: (value) => value.replace(/^Bearer\s+/i, '').replace(/\s+/g, ''),
        hint: (value) =>
          isProjectKey(value)
            ? "looks like a project's access key; file scanning needs a console token (Account → Developer Settings)"
            : format(
                /^eyJ[\w-]*\.[\w-]+\.[\w-]+$/,
                'does not look like a console token: three parts with dots, starting with eyJ',
              )(value),
      }),
    ),
    container_id: optional(
      digits({
        label: 'Container ID',
        help: 'Of the file scanning container.',
        example: '12345',
        problem: format(/^\d+$/, 'must be digits'),
      }),
    ),
    identify_host: optional(
      text({
        label: 'Identify host',
        help: "On the project's page; a key works on its own region's host only.",
        example: 'identify-eu-west-1.acrcloud.com',
        clean: (value) => value.replace(/^https:\/\//, '').replace(/\/$/, ''),
        problem: format(new RegExp(`^${host}$`), wrongHost),
      }),
    ),
    identify_access_key: optional(
      text({
        label: 'Access key',
        help: "On the project's page.",
        hint: (value) => (isProjectKey(value) ? undefined : 'is usually 32 characters 0–9 and a–f'),
      }),
    ),
    identify_access_secret: optional(secret({ label: 'Access secret', help: "On the project's page." })),
  },
  together: [
    ['base_url', 'bearer_token'],
    ['identify_host', 'identify_access_key', 'identify_access_secret'],
  ],
  needsOneGroup: true,
  probes: [
    {
      name: 'console',
      proves: 'The bearer token',
      needs: ['bearer_token'],
      request: { host: 'console', path: '/api/fs-containers', query: { per_page: '1' }, headers: consoleHeaders },
    },
    {
      name: 'container',
      proves: 'The container, and that the base URL is in its region',
      needs: ['bearer_token', 'container_id'],
      after: 'console',
      request: {
        host: 'files',
        path: '/api/fs-containers/{container_id}/files',
        query: { per_page: '1' },
        headers: consoleHeaders,
      },
    },
    {
      name: 'identify',
      proves: 'Access key and secret, with a second of silence; may count against the quota',
      needs: ['identify_host', 'identify_access_key', 'identify_access_secret'],
      deep: true,
      request: { signed: 'second_of_silence' },
    },
  ],
  codeAt: ['status.code'],
  failureIn2xxAt: 'status.code',
  failures: [
    // It heard us, and did not like the sample: key and secret are good.
    { part: 'identify', codes: ['1001', '2004', '3016'], reason: 'ok' },
    {
      part: 'identify',
      codes: ['3001'],
      reason: 'invalid_api_key',
      remedy: "Copy the project's access key again, and the host of the project's own region.",
    },
    { part: 'identify', codes: ['3014'], reason: 'invalid_client', remedy: "Copy the project's access secret again." },
    { part: 'identify', codes: ['3003'], reason: 'quota_exceeded' },
    { part: 'identify', codes: ['3015'], text: 'limit', reason: 'rate_limited' },
    { part: 'identify', codes: ['3015'], reason: 'ok' },
    { part: 'identify', codes: ['3000', '3011'], reason: 'upstream_unavailable' },
    { status: 402, reason: 'quota_exceeded', remedy: usedUp },
    { status: 403, text: 'quota', reason: 'quota_exceeded', remedy: usedUp },
    {
      text: 'invalid container',
      reason: 'malformed_field',
      remedy: "Check container_id, and that base_url is the container's region.",
    },
    {
      part: 'container',
      status: 404,
      reason: 'malformed_field',
      remedy: "Check container_id, and that base_url is the container's region.",
    },
    { text: 'authentication exception', reason: 'invalid_api_key', remedy: newToken },
    {
      part: 'container',
      status: 403,
      reason: 'forbidden',
      remedy: "Check that the token's scopes and the plan include file scanning.",
    },
    // 302 leads to a login page.
    ...[302, 401, 403].map((status) => ({ status, reason: 'invalid_api_key' as const, remedy: newToken })),
  ],
});
