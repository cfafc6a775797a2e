import type { Principal } from '@musicgen/platform-contracts';
import { newCall, newId } from '@musicgen/service-kit';
import { makePrincipal, silentLogger, testDatabase, until, type TestDatabase } from '@musicgen/testing';
import { DataSource } from 'typeorm';
import { Clock } from '../clock';
import type { CredentialsStore } from '../credentials/credentials.store';
import { database } from '../persistence/data-source';
import { AuditRecord } from './audit-record.service';
import { Audit } from './audit.service';
import { AuditStore } from './audit.store';

let test: TestDatabase;
let store: AuditStore;
/** Two processes that write the same record. */
let [audit, other]: Audit[] = [];
let record: AuditRecord;

const owner = makePrincipal();
const by = { ...newCall(owner), caller: 'auth' as const };
const credential = () => ({ id: newId('cred'), platform: 'spotify' });
/** Whose credential it is, is not this file's matter: all are the owner's. */
const ownedBy = (principal: Principal) =>
  ({ find: async (who: Principal) => (who.user_id === principal.user_id ? {} : null) }) as never as CredentialsStore;

beforeAll(async () => {
  test = await testDatabase(database);
  store = new AuditStore(test.dataSource);
  [audit, other] = [0, 1].map(() => new Audit(store, new Clock(), silentLogger));
  record = new AuditRecord(store, audit!, ownedBy(owner));
});
afterAll(async () => {
  await Promise.all([audit!.flush(), other!.flush()]);
  await test?.drop();
});

const asOwner = async <T>(work: (owner: DataSource) => Promise<T>) => {
  const connection = await new DataSource({ ...test.dataSource.options, url: test.ownerUrl } as never).initialize();
  return work(connection).finally(() => connection.destroy());
};

describe('the record', () => {
  it('has a change exactly if the change was made', async () => {
    const one = credential();
    await store.transaction((tx) => audit!.change(tx, by, one, 'created'));
    await expect(
      store.transaction(async (tx) => {
        await audit!.change(tx, by, one, 'changed');
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    const { data } = await record.list(owner, { id: one.id, limit: 10 });
    expect(data).toMatchObject([
      {
        action: 'created',
        platform: 'spotify',
        outcome: 'ok',
        service: 'auth',
        user_id: owner.user_id,
        request_id: by.requestId,
      },
    ]);
  });

  it('stays one chain when several processes write uses and changes at the same time', async () => {
    const one = credential();
    await Promise.all(
      Array.from({ length: 1_200 }, async (_, i) => {
        (i % 2 ? audit : other)!.use(by, one, 'token_issued');
        if (i % 100 === 0) await store.transaction((tx) => audit!.change(tx, by, one, 'changed'));
      }),
    );
    await Promise.all([audit!.flush(), other!.flush()]);
    const seen: unknown[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await record.list(owner, { id: one.id, limit: 100, ...(cursor && { cursor }) });
      seen.push(...page.data);
      if (!page.next_cursor) break;
      cursor = page.next_cursor;
    }
    expect(seen).toHaveLength(1_212);
    expect(await record.prove()).toMatchObject({ is_whole: true, problem: null });
  });

  it('writes uses within a second by itself', async () => {
    const one = credential();
    audit!.use(by, one, 'signed');
    await until(async () => (await record.list(owner, { id: one.id, limit: 1 })).data.length === 1);
  });

  it('shows a credential’s lines to its owner alone', async () => {
    const one = credential();
    await store.transaction((tx) => audit!.change(tx, by, one, 'created'));
    await expect(record.list(makePrincipal(), { id: one.id, limit: 10 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const malformed = record.list(owner, { id: one.id, limit: 10, cursor: 'x' });
    await expect(malformed).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  it('cannot be changed or cut by the service’s own role', async () => {
    for (const sql of [
      `UPDATE audit SET entries = '[]'`,
      `DELETE FROM audit`,
      `TRUNCATE audit`,
      `INSERT INTO audit_checkpoints VALUES (1, '', now())`,
    ]) {
      await expect(test.dataSource.query(sql)).rejects.toThrow('permission denied');
    }
  });

  it('shows what somebody with more rights has changed in it', async () => {
    const one = credential();
    await store.transaction((tx) => audit!.change(tx, by, one, 'created'));
    const { last_seq: seq } = await record.prove();
    const touch = (sql: string) => asOwner((connection) => connection.query(sql));
    await touch(`UPDATE audit SET entries = replace(entries, 'created', 'deleted') WHERE seq = ${seq}`);
    expect(await record.prove()).toMatchObject({ is_whole: false, problem: { seq, what: 'it was changed' } });
    await touch(`UPDATE audit SET entries = replace(entries, 'deleted', 'created') WHERE seq = ${seq}`);
    expect(await record.prove()).toMatchObject({ is_whole: true });
  });

  it('loses its old part to its owner’s retention, and stays provable', async () => {
    const keep = credential();
    const cut = new Date();
    await store.transaction((tx) => audit!.change(tx, by, keep, 'created'));
    const before = await record.prove();
    const removed = await asOwner((connection) => new AuditStore(connection).prune(cut));
    expect(removed).toBeGreaterThan(0);
    const proof = await record.prove();
    expect(proof).toMatchObject({ is_whole: true, last_hash: before.last_hash, rows: before.rows - removed });
    await store.transaction((tx) => audit!.change(tx, by, keep, 'deleted'));
    expect(await record.prove()).toMatchObject({ is_whole: true, rows: proof.rows + 1 });
  });
});

describe('uses that cannot be written', () => {
  it('stop what would be used once they have waited for ten seconds, and are written afterwards', async () => {
    let passed = 0;
    const clock = { now: () => new Date(), elapsedMs: () => passed };
    let isAway = true;
    const away = {
      transaction: (work: never) => (isAway ? Promise.reject(new Error('away')) : store.transaction(work)),
      append: store.append.bind(store),
    } as never as AuditStore;
    const third = new Audit(away, clock, silentLogger);
    const one = credential();
    third.use(undefined, one, 'token_issued');
    await third.flush();
    passed = 9_999;
    expect(() => third.mustBeWritable()).not.toThrow();
    passed = 10_000;
    expect(() => third.mustBeWritable()).toThrow('Uses cannot be put on record');
    isAway = false;
    await third.flush();
    expect(() => third.mustBeWritable()).not.toThrow();
    expect((await record.list(owner, { id: one.id, limit: 10 })).data).toHaveLength(1);
  });
});
