import { AppError } from '@musicgen/error-codes';
import { validateCredential, validateFields, type ValidationReport } from '@musicgen/platform-contracts';
import { newId } from '@musicgen/service-kit';
import { startGateway, type TestGateway } from './gateway';

const report: ValidationReport = {
  valid: false,
  parts: [
    {
      name: 'api_key',
      valid: null,
      reason: 'quota_exceeded',
      message: 'The quota is used up until the platform resets it',
      remedy: 'Wait for the reset.',
      upstream_status: 403,
    },
  ],
  checked_at: '2026-11-20T10:00:00.000Z',
};
const asked: unknown[] = [];
const busy = newId('cred');

let gateway: TestGateway;
let token: string;

beforeAll(async () => {
  gateway = await startGateway();
  await gateway.answerAs(
    'vault',
    [
      validateCredential,
      (request: { id: string }) => {
        if (request.id === busy) throw new AppError('CONFLICT');
        asked.push(request);
        return report;
      },
    ],
    [
      validateFields,
      (request: object) => {
        asked.push(request);
        return report;
      },
    ],
  );
  ({ token } = await gateway.register());
});
afterAll(() => gateway.stop());
beforeEach(() => void asked.splice(0));

it('validates a stored credential, and asks what costs quota only when told to', async () => {
  const id = newId('cred');
  expect(await gateway.ask(`POST /v1/credentials/${id}/validate`, { token })).toMatchObject({
    status: 200,
    body: report,
  });
  await gateway.ask(`POST /v1/credentials/${id}/validate?deep=true`, { token });
  expect(asked).toEqual([
    { id, deep: false },
    { id, deep: true },
  ]);
});

it('validates fields without storing them', async () => {
  const body = { platform: 'youtube_music', fields: { api_key: 'x' } };
  expect(await gateway.ask('POST /v1/credentials/validate', { token, body })).toMatchObject({
    status: 200,
    body: report,
  });
  expect(asked).toEqual([{ ...body, deep: false }]);
});

it('refuses by name what it does not know', async () => {
  const wrong = await gateway.ask('POST /v1/credentials/validate', {
    token,
    body: { platform: 'napster', fields: {}, more: 1 },
  });
  expect(wrong).toMatchObject({ status: 400, body: { error: { code: 'VALIDATION_FAILED' } } });
  expect(wrong.body.error.data.fields.map(({ path }: { path: string }) => path)).toEqual(
    expect.arrayContaining(['platform', 'more']),
  );
  const query = await gateway.ask(`POST /v1/credentials/${newId('cred')}/validate?deep=perhaps`, { token });
  expect(query).toMatchObject({ status: 400 });
  expect(asked).toEqual([]);
});

it('needs somebody who may write credentials', async () => {
  const path = `POST /v1/credentials/${newId('cred')}/validate`;
  expect(await gateway.ask(path, {})).toMatchObject({ status: 401 });
  const { key } = await gateway.addKey(token, { permissions: ['credentials:read'] });
  expect(await gateway.ask(path, { key })).toMatchObject({
    status: 403,
    body: { error: { code: 'INSUFFICIENT_PERMISSIONS' } },
  });
  expect(asked).toEqual([]);
});

it('passes the refusals of the vault on', async () => {
  expect(await gateway.ask(`POST /v1/credentials/${busy}/validate`, { token })).toMatchObject({
    status: 409,
    body: { error: { code: 'CONFLICT' } },
  });
  expect(await gateway.ask('POST /v1/credentials/nonsense/validate', { token })).toMatchObject({ status: 404 });
});
