import { generateKeyRingText, KeyRing } from '@musicgen/service-kit';
import { FileLinks, type LinkedFile } from './file-links';

const publicUrl = 'https://music.example.com';
const makeLinks = (ring = KeyRing.parse(generateKeyRingText())) => new FileLinks(ring, { publicUrl });
const file: LinkedFile = {
  userId: 'user_01KA3V5T9ZXJ8Q4N6M2R7W1YBC',
  mode: 'live',
  generationId: 'gen_01KA3V5T9ZXJ8Q4N6M2R7W1YBC',
  kind: 'stem',
  name: 'counter-melody',
  format: 'wav',
};
const tokenOf = (url: string) => url.slice(`${publicUrl}/v1/files/`.length);
const now = Date.UTC(2026, 10, 20);
const hour = 3_600_000;

describe('a link to a file', () => {
  it('opens just this file, for an hour', () => {
    const links = makeLinks();
    const url = links.make(file, now);
    expect(url.startsWith(`${publicUrl}/v1/files/`)).toBe(true);
    expect(links.open(tokenOf(url), now + hour - 1)).toEqual(file);
    expect(links.open(tokenOf(url), now + hour)).toBeNull();
  });

  it('tells nobody whose it is, and fits into a path', () => {
    const token = tokenOf(makeLinks().make(file));
    expect(token).toMatch(/^[\w-]{1,300}$/);
    expect(Buffer.from(token, 'base64url').toString('latin1')).not.toContain('user_');
  });

  it('opens nothing when it was changed, cut, spelled otherwise or made elsewhere', () => {
    const links = makeLinks();
    const token = tokenOf(links.make(file));
    const flipped = (at: number) => token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
    const changed = Array.from(token, (_, at) => flipped(at));
    for (const other of [...changed, token.slice(0, -4), '', 'x', tokenOf(makeLinks().make(file))]) {
      expect(links.open(other)).toBeNull();
    }
    expect(links.open(token)).toEqual(file);
  });

  it('opens after the key ring has a newer key, and not without the key that made it', () => {
    const text = generateKeyRingText(1);
    const token = tokenOf(makeLinks(KeyRing.parse(text)).make(file));
    expect(makeLinks(KeyRing.parse(text + generateKeyRingText(2))).open(token)).toEqual(file);
    expect(makeLinks(KeyRing.parse(generateKeyRingText(2))).open(token)).toBeNull();
  });

  it('is not what else the ring has sealed', () => {
    const ring = KeyRing.parse(generateKeyRingText());
    const sealed = ring.seal(JSON.stringify([now + hour, 'user', 'live', 'gen', 'mix', 'mix', 'wav']), 'another');
    expect(makeLinks(ring).open(sealed.toString('base64url'), now)).toBeNull();
  });
});
