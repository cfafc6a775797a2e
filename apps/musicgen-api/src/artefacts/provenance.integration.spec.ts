import type { Principal } from '@musicgen/platform-contracts';
import { makePrincipal } from '@musicgen/testing';
import { compactVerify, createLocalJWKSet } from 'jose';
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import { makeAsked, makeCall } from '../../test/factories';
import { renderForEver, renderTone, testSigningKeys, type Replica } from '../../test/replica';
import { makeWorld, untilStatus, type World } from '../../test/world';

let world: World;
beforeAll(async () => (world = await makeWorld()));
afterEach(() => world.reset());
afterAll(() => world?.close());

const prompt = 'Calm piano in C major';
const keySet = createLocalJWKSet({ keys: [...testSigningKeys.published] });
const sha256 = (contents: string | Buffer) => createHash('sha256').update(contents).digest('hex');

async function made(replica: Replica, owner: Principal, asked = makeAsked({ formats: ['wav'] })): Promise<string> {
  await replica.generations.create({ ...makeCall(), principal: owner }, asked);
  await untilStatus(replica, owner, asked.id, 'succeeded');
  return asked.id;
}

describe('the provenance of a generation', () => {
  it('tells model, versions, seed and every file, and of the prompt only its hash, over a signature', async () => {
    const replica = await world.replica();
    replica.work();
    const owner = makePrincipal();
    const id = await made(replica, owner, makeAsked({ seed: 7, stems: true }));
    const { statement, jws } = await replica.artefacts.provenance(owner, id);
    const { artefacts, created_at } = await replica.generations.get(owner, id);
    expect(statement).toEqual({
      generation_id: id,
      model: 'composer-1',
      engine_version: '1',
      bank_sha256: 'abc',
      prompt_sha256: sha256(prompt),
      seed: 7,
      digital_source_type: 'http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia',
      created_at,
      files: expect.arrayContaining(artefacts),
    });
    expect(statement.files).toHaveLength(artefacts.length);
    const { payload, protectedHeader } = await compactVerify(jws, keySet);
    expect(JSON.parse(Buffer.from(payload).toString())).toEqual(statement);
    expect(protectedHeader).toEqual({ alg: 'EdDSA', kid: testSigningKeys.kid, typ: 'provenance+jws' });
    expect(Buffer.from(payload).toString()).not.toContain('piano');
  });

  it('tells of every format that is made later, also of two at once', async () => {
    const [one, two] = [await world.replica({ render: renderTone }), await world.replica()];
    one.work();
    const owner = makePrincipal();
    const id = await made(one, owner);
    await Promise.all([
      one.artefacts.find(owner, { id, kind: 'mix', format: 'flac' }),
      two.artefacts.find(owner, { id, kind: 'mix', format: 'ogg' }),
    ]);
    const { statement, jws } = await one.artefacts.provenance(owner, id);
    expect(statement.files.map(({ format }) => format).sort()).toEqual(['flac', 'ogg', 'wav']);
    const { payload } = await compactVerify(jws, keySet);
    expect(JSON.parse(Buffer.from(payload).toString())).toEqual(statement);
    const { files } = await one.artefacts.list(owner, id);
    for (const { key, sha256: told, bytes } of files) {
      const contents = await fs.readFile((await world.files('storage')).find((file) => file.endsWith(key))!);
      expect([bytes, told]).toEqual([contents.length, sha256(contents)]);
      expect(statement.files).toContainEqual(expect.objectContaining({ sha256: told, bytes }));
    }
  });

  it('is there as soon as the music is, and for its owner in his mode alone', async () => {
    const replica = await world.replica();
    const owner = makePrincipal();
    const asked = makeAsked();
    await replica.generations.create({ ...makeCall(), principal: owner }, asked);
    for (const ask of ['provenance', 'list'] as const) {
      await expect(replica.artefacts[ask](owner, asked.id)).rejects.toMatchObject({ code: 'GENERATION_NOT_READY' });
    }
    replica.work();
    await untilStatus(replica, owner, asked.id, 'succeeded');
    await replica.artefacts.provenance(owner, asked.id);
    for (const stranger of [makePrincipal(), { ...owner, mode: 'test' as const }]) {
      for (const ask of ['provenance', 'list'] as const) {
        await expect(replica.artefacts[ask](stranger, asked.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      }
    }
  });

  it('is of no generation that was cancelled', async () => {
    const replica = await world.replica({ render: renderForEver });
    const owner = makePrincipal();
    const { id, ...asked } = makeAsked();
    await replica.generations.create({ ...makeCall(), principal: owner }, { id, ...asked });
    await replica.generations.cancel(owner, id);
    await expect(replica.artefacts.provenance(owner, id)).rejects.toMatchObject({ code: 'GENERATION_NOT_READY' });
  });
});

describe('the list of all files', () => {
  it('names them so that they can lie in one folder', async () => {
    const replica = await world.replica();
    replica.work();
    const owner = makePrincipal();
    const id = await made(replica, owner, makeAsked({ title: 'Die See', formats: ['wav', 'mp3'], stems: true }));
    const { name, files } = await replica.artefacts.list(owner, id);
    expect(name).toBe('die-see');
    expect(files.map(({ filename }) => filename).sort()).toEqual([
      'die-see-drums.wav',
      'die-see-waveform.json',
      'die-see.mp3',
      'die-see.wav',
    ]);
  });
});
