import { createHmac, timingSafeEqual } from 'node:crypto';
import { json, type Answer } from '../../http/answer';
import type { Call } from '../../http/call';
import { post, type Route } from '../../http/route';
import type { Client } from '../../state/rows';
import type { World } from '../../state/world';
import { customHits, musicHits } from './hits';
import { identifyProblems, identifyStatus } from './problems';
import { hear } from './recognition';
import { platform, settingsOf } from './settings';

const texts = ['access_key', 'data_type', 'signature_version', 'signature', 'timestamp', 'sample_bytes'] as const;

type Fields = Record<(typeof texts)[number], string> & { readonly sample: File };
type Project = ReturnType<typeof settingsOf>['projects'][number];

/** identify-<region>.acrcloud.com: https://docs.acrcloud.com/reference/identification-api/identification-api */
export const identifyRoutes: Route[] = [post('/v1/identify', identify)];

/** The account and project of an access key. */
export function findProject(accessKey: string, world: World): { client: Client; project: Project } | undefined {
  for (const client of world.clients.list((row) => row.platform === platform)) {
    const project = settingsOf(client).projects.find((row) => row.accessKey === accessKey);
    if (project) return { client, project };
  }
  return undefined;
}

/** What is wrong is said in this order: content type, fields, key, signature, quota, sample. */
async function identify(call: Call, world: World): Promise<Answer> {
  const form = await call.multipart();
  if (!form) return identifyProblems.contentType;
  const fields = readFields(form);
  if (!fields) return identifyProblems.invalidArguments;
  const found = findProject(fields.access_key, world);
  const region = call.target.region ?? (found && settingsOf(found.client).region);
  if (!found || found.client.isDisabled || (region && region !== found.project.region)) {
    return identifyProblems.invalidKey;
  }
  if (!isSigned(fields, found.project.accessSecret)) return identifyProblems.invalidSignature;
  const limit = limited(found.project, world);
  if (limit) return limit;
  const bytes = Buffer.from(await fields.sample.arrayBuffer());
  const hearing = hear(bytes, fields.sample.name, settingsOf(found.client), world);
  if ('code' in hearing) return identifyStatus(hearing.code, messages[hearing.code] ?? 'Unknown error');
  if (!hearing.track || !found.project.hasMusicBucket) return identifyProblems.noResult;
  return json(200, {
    cost_time: 0.72,
    result_type: 0,
    status: { msg: 'Success', version: '1.0', code: 0 },
    metadata: {
      timestamp_utc: new Date(world.clock.now()).toISOString().slice(0, 19).replace('T', ' '),
      music: musicHits(hearing.track),
      ...customHits(hearing.track),
    },
  });
}

const messages: Readonly<Record<number, string>> = {
  1001: 'No result',
  2004: 'Unable to generate fingerprint',
  3016: 'The file is too large, 10-20 seconds are enough',
};

function readFields(form: FormData): Fields | undefined {
  const sample = form.get('sample');
  if (!(sample instanceof File)) return undefined;
  const values = texts.map((name) => [name, form.get(name)] as const);
  if (!values.every(([, value]) => typeof value === 'string' && value !== '')) return undefined;
  const fields = { ...(Object.fromEntries(values) as Record<(typeof texts)[number], string>), sample };
  const isRight =
    fields.sample_bytes === String(sample.size) &&
    ['audio', 'fingerprint'].includes(fields.data_type) &&
    fields.signature_version === '1' &&
    /^\d+(\.\d+)?$/.test(fields.timestamp);
  return isRight ? fields : undefined;
}

/** Over what was sent, character for character; neither the audio nor the clock is in it. */
function isSigned(fields: Fields, secret: string): boolean {
  const { access_key, data_type, signature_version, timestamp } = fields;
  const signed = ['POST', '/v1/identify', access_key, data_type, signature_version, timestamp].join('\n');
  const expected = Buffer.from(createHmac('sha1', secret).update(signed).digest('base64'));
  const given = Buffer.from(fields.signature);
  return expected.length === given.length && timingSafeEqual(expected, given);
}

function limited({ accessKey, callsMax, requestsPerSecond }: Project, world: World): Answer | undefined {
  if (requestsPerSecond !== null) {
    const used = world.count(`acrcloud/${accessKey}/second`, String(world.clock.nowSeconds()));
    if (used >= requestsPerSecond) return identifyProblems.qpsExceeded;
  }
  if (callsMax !== null && world.count(`acrcloud/${accessKey}/calls`, 'ever') >= callsMax) {
    return identifyProblems.limitExceeded;
  }
  return undefined;
}
