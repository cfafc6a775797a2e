import fc from 'fast-check';
import { calculateJwkThumbprint, importJWK, jwtVerify, SignJWT } from 'jose';
import { createPrivateKey } from 'node:crypto';
import { ACCESS_TOKEN_LIFETIME_S } from './access-token';
import {
  buildJwks,
  generateSigningKey,
  JWKS_MAX_AGE_S,
  planSigningKeys,
  SIGNING_KEY_AGE_MAX_MS,
  type SigningKey,
  stepSigningKey,
} from './signing-key';

const NOW = Date.parse('2026-11-20T12:00:00.000Z');
const HOUR = 3_600_000;

/** The rows of a store, with every step that is planned carried out. */
class Keys {
  rows: SigningKey[] = [];
  #made = 0;

  run(now: number, command = false): string[] {
    const done: string[] = [];
    let wanted = command;
    for (let steps = planSigningKeys(this.rows, now, wanted); steps.length > 0;) {
      for (const step of steps) {
        done.push(step.kind);
        if (step.kind === 'create') this.rows = [...this.rows, this.#make(now)];
        else if (step.kind === 'remove') this.rows = this.rows.filter(({ kid }) => kid !== step.kid);
        else this.rows = this.rows.map((row) => (row.kid === step.kid ? stepSigningKey(row, step.kind, now) : row));
        if (step.kind === 'activate') wanted = false;
      }
      steps = planSigningKeys(this.rows, now, wanted);
    }
    return done;
  }

  get states(): string {
    return this.rows.map(({ kid, state }) => `${kid} ${state}`).join(', ');
  }

  #make(now: number): SigningKey {
    const publicJwk = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'private' };
    return {
      ...{ kid: `k${++this.#made}`, state: 'standby', publicJwk },
      ...{ createdAt: now, activatedAt: null, retiredAt: null },
    };
  }
}

describe('the signing keys', () => {
  it('on the first start are one that signs and one that waits', () => {
    const keys = new Keys();
    expect(keys.run(NOW)).toEqual(['create', 'activate', 'create']);
    expect(keys.states).toBe('k1 active, k2 standby');
    expect(keys.run(NOW + 1)).toEqual([]);
  });

  it('move on at 90 days, and the retired one goes when its last token has expired', () => {
    const keys = new Keys();
    keys.run(NOW);
    const due = NOW + SIGNING_KEY_AGE_MAX_MS;
    expect(keys.run(due - 1)).toEqual([]);
    expect(keys.run(due)).toEqual(['retire', 'activate', 'create']);
    expect(keys.states).toBe('k1 retired, k2 active, k3 standby');
    expect(keys.run(due + HOUR)).toEqual([]);
    expect(keys.run(due + HOUR + 60_000)).toEqual(['remove']);
    expect(keys.states).toBe('k2 active, k3 standby');
  });

  it('move on by command, but not to a key that others cannot know yet', () => {
    const keys = new Keys();
    keys.run(NOW);
    expect(keys.run(NOW + JWKS_MAX_AGE_S * 1000 - 1, true)).toEqual([]);
    expect(keys.run(NOW + JWKS_MAX_AGE_S * 1000, true)).toEqual(['retire', 'activate', 'create']);
    expect(keys.run(NOW + JWKS_MAX_AGE_S * 1000 + 1, true)).toEqual([]);
  });

  it('go only from standby to active to retired', () => {
    const keys = new Keys();
    keys.run(NOW);
    const [active, standby] = keys.rows as [SigningKey, SigningKey];
    expect(() => stepSigningKey(active, 'activate', NOW)).toThrow('A signing key that is active cannot activate');
    expect(() => stepSigningKey(standby, 'retire', NOW)).toThrow('A signing key that is standby cannot retire');
  });
});

describe('the JWKS', () => {
  it('holds every key a live token was signed with, and the next one before it signs, at all times', () => {
    const step = fc.record({ afterMs: fc.nat(40 * 24 * HOUR), command: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const keys = new Keys();
        const published: { kids: string[]; at: number }[] = [];
        const tokens: { kid: string; exp: number }[] = [];
        let now = NOW;
        for (const { afterMs, command } of [{ afterMs: 0, command: false }, ...steps]) {
          // The key signs until the very moment it is retired.
          const before = keys.rows.find(({ state }) => state === 'active');
          now += afterMs;
          if (before) tokens.push({ kid: before.kid, exp: now + ACCESS_TOKEN_LIFETIME_S * 1000 });
          keys.run(now, command);
          const kids = buildJwks(keys.rows, now).keys.map(({ kid }) => kid!);
          for (const { kid } of tokens.filter(({ exp }) => exp > now)) expect(kids).toContain(kid);
          const active = keys.rows.find(({ state }) => state === 'active')!;
          const stale = published.filter(({ at }) => now - at < JWKS_MAX_AGE_S * 1000);
          for (const copy of stale) if (active.kid !== before?.kid) expect(copy.kids).toContain(active.kid);
          published.push({ kids, at: now });
        }
      }),
    );
  });

  it('shows public halves only', () => {
    const keys = new Keys();
    keys.run(NOW);
    expect(buildJwks(keys.rows, NOW).keys[0]).toEqual({
      ...{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y' },
      ...{ kid: 'k1', alg: 'ES256', use: 'sig' },
    });
  });

  it('verifies what the private half signed, by a kid that is the thumbprint', async () => {
    const { kid, publicJwk, privateKey } = await generateSigningKey();
    expect(kid).toBe(await calculateJwkThumbprint(publicJwk));
    const key = createPrivateKey({ key: privateKey, type: 'pkcs8', format: 'der' });
    const token = await new SignJWT({}).setProtectedHeader({ alg: 'ES256' }).sign(key);
    const row: SigningKey = {
      ...{ kid, publicJwk, state: 'active', createdAt: NOW, activatedAt: NOW, retiredAt: null },
    };
    const published = buildJwks([row], NOW).keys[0]!;
    await expect(jwtVerify(token, await importJWK(published))).resolves.toBeDefined();
  });
});
