import { empty, json, text, type Answer } from '../../http/answer';
import type { Call } from '../../http/call';
import type { Client } from '../../state/rows';
import type { World } from '../../state/world';
import { randomText } from '../../state/random';
import { invalidFields } from './problems';
import { tables, type Container } from './rows';

const lifeMs = 15 * 60_000;

/** https://github.com/acrcloud/acrcloud-cli: an address for one upload, which takes exactly the headers it names. */
export function announceUpload(call: Call, container: Container, _client: Client, world: World): Answer {
  const [filename, contentType] = [call.query.get('filename'), call.query.get('content_type')];
  if (!filename || !contentType) return invalidFields({ filename: ['The filename field is required.'] });
  const key = `up${randomText(40)}`;
  const expiresAt = world.clock.now() + lifeMs;
  tables.uploads(world).put({ id: key, containerId: container.id, contentType, expiresAt, content: null });
  const headers = { 'Content-Type': contentType };
  return json(200, { data: { presigned_url: `${call.base}/uploads/${key}`, key, method: 'PUT', headers } });
}

/** Storage, not the API: it knows no tokens and speaks XML. */
export function receiveUpload(call: Call, world: World): Answer {
  const upload = tables.uploads(world).find(call.param('key'));
  const isGood = upload && upload.expiresAt > world.clock.now() && call.header('content-type') === upload.contentType;
  if (!isGood) {
    const xml = '<?xml version="1.0" encoding="UTF-8"?><Error><Code>SignatureDoesNotMatch</Code></Error>';
    return text(403, xml, { 'content-type': 'application/xml' });
  }
  tables.uploads(world).update(upload.id, { content: call.body.toString('base64') });
  return empty(200, { etag: '"sandbox"' });
}

/** What was uploaded; only once. */
export function takeUpload(key: string, container: Container, world: World): Buffer | undefined {
  const upload = tables.uploads(world).find(key);
  if (!upload || upload.containerId !== container.id || upload.content === null) return undefined;
  tables.uploads(world).delete(key);
  return Buffer.from(upload.content, 'base64');
}
