import type { Principal } from '@musicgen/platform-contracts';
import { makePrincipal } from '@musicgen/testing';
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { makeAsked, makeCall } from '../../test/factories';
import { encodeTone, renderTone, type Replica } from '../../test/replica';
import { makeWorld, untilStatus, type World } from '../../test/world';
import type { AudioFormat } from '../engines/engine';

let world: World;
beforeAll(async () => (world = await makeWorld()));
afterEach(() => world.reset());
afterAll(() => world?.close());

async function made(replica: Replica): Promise<{ id: string; owner: Principal }> {
  const owner = makePrincipal();
  const { id } = await replica.generations.create({ ...makeCall(), principal: owner }, makeAsked({ formats: ['wav'] }));
  await untilStatus(replica, owner, id, 'succeeded');
  return { id, owner };
}
const find = (replica: Replica, owner: Principal, id: string, format: AudioFormat) =>
  replica.artefacts.find(owner, { id, kind: 'mix', format });
const bytesOf = async (key: string) => fs.readFile((await world.files('storage')).find((file) => file.endsWith(key))!);

describe('a format that was not asked for', () => {
  it.each(['mp3', 'flac', 'ogg'] as const)(
    'is made when it is wanted, the same %s as at first, and kept',
    async (format) => {
      const replica = await world.replica({ render: renderTone });
      replica.work();
      const { id, owner } = await made(replica);
      const file = await find(replica, owner, id, format);
      const bytes = await bytesOf(file.key);
      const direct = path.join(path.dirname((await world.files('storage'))[0]!), `direct.${format}`);
      await encodeTone(direct, format);
      expect(bytes.equals(await fs.readFile(direct))).toBe(true);
      expect(file).toMatchObject({
        bytes: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
        filename: `calm-piano-in-c-major.${format}`,
      });
      expect(await find(replica, owner, id, format)).toEqual(file);
      expect((await replica.generations.get(owner, id)).artefacts.map((one) => one.format)).toContain(format);
      expect(await world.files('work')).toEqual([]);
    },
  );

  it('is made once, however many want it, also on two replicas', async () => {
    const [one, two] = [await world.replica({ render: renderTone }), await world.replica()];
    one.work();
    const { id, owner } = await made(one);
    const asked = [one, one, one, two, two].map((replica) => find(replica, owner, id, 'ogg'));
    const keys = (await Promise.all(asked)).map(({ key }) => key);
    expect(new Set(keys).size).toBe(1);
    expect((await world.files('storage')).filter((file) => file.endsWith('.ogg'))).toHaveLength(1);
  });

  it('is not found without a master, nor by another', async () => {
    const replica = await world.replica();
    replica.work();
    const owner = makePrincipal();
    const asked = makeAsked({ formats: ['mp3'] });
    await replica.generations.create({ ...makeCall(), principal: owner }, asked);
    await untilStatus(replica, owner, asked.id, 'succeeded');
    const details = 'It was made as mp3, not as flac';
    await expect(find(replica, owner, asked.id, 'flac')).rejects.toMatchObject({ code: 'NOT_FOUND', details });
    await expect(find(replica, makePrincipal(), asked.id, 'flac')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('that cannot be made leaves nothing behind, and may be asked for again', async () => {
    const replica = await world.replica();
    replica.work();
    const { id, owner } = await made(replica);
    const before = await world.files('storage');
    for (let i = 0; i < 2; i++) await expect(find(replica, owner, id, 'ogg')).rejects.toThrow('no ogg could be made');
    expect(await world.files('storage')).toEqual(before);
    expect(await world.files('work')).toEqual([]);
  });
});
