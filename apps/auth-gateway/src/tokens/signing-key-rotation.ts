import type { KeyRing } from '@musicgen/service-kit';
import { generateSigningKey, planSigningKeys, stepSigningKey, type SigningKey } from './signing-key';
import type { SigningKeyRow } from './signing-key.entity';
import type { SigningKeysStore } from './signing-keys.store';

/** Does what is due: the first key, a standby, a rotation by age or command, the removal of what nobody needs. */
export function rotateSigningKeys(
  store: SigningKeysStore,
  ring: KeyRing,
  byCommand = false,
): Promise<{ rows: SigningKeyRow[]; isChanged: boolean }> {
  return store.change(async (tx) => {
    for (let isChanged = false; ; isChanged = true) {
      const rows = await store.listIn(tx);
      const steps = planSigningKeys(rows.map(signingKeyOf), Date.now(), byCommand);
      if (steps.length === 0) return { rows, isChanged };
      const rowOf = (kid: string) => rows.find((row) => row.kid === kid)!;
      for (const step of steps) {
        if (step.kind === 'create') await store.save(tx, await newRow(ring));
        else if (step.kind === 'remove') await store.remove(tx, step.kid);
        else await store.save(tx, stepped(rowOf(step.kid), step.kind));
      }
    }
  });
}

export const signingKeyOf = (row: SigningKeyRow): SigningKey => ({
  kid: row.kid,
  state: row.state,
  publicJwk: row.publicJwk,
  createdAt: row.createdAt.getTime(),
  activatedAt: row.activatedAt?.getTime() ?? null,
  retiredAt: row.retiredAt?.getTime() ?? null,
});

async function newRow(ring: KeyRing): Promise<SigningKeyRow> {
  const { kid, publicJwk, privateKey } = await generateSigningKey();
  return {
    kid,
    publicJwk,
    privateKey: ring.seal(privateKey, ['signing_key', kid]),
    state: 'standby',
    createdAt: new Date(),
    activatedAt: null,
    retiredAt: null,
  };
}

function stepped(row: SigningKeyRow, kind: 'activate' | 'retire'): SigningKeyRow {
  const { state, activatedAt, retiredAt } = stepSigningKey(signingKeyOf(row), kind, Date.now());
  return {
    ...row,
    state,
    privateKey: kind === 'retire' ? null : row.privateKey,
    activatedAt: activatedAt === null ? null : new Date(activatedAt),
    retiredAt: retiredAt === null ? null : new Date(retiredAt),
  };
}
