import { AppError, invalidFields } from '@musicgen/error-codes';
import type { AuditProof, listAudit, Principal, RequestOf } from '@musicgen/platform-contracts';
import { requireAdmin } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { setImmediate as nextTick } from 'node:timers/promises';
import { CredentialsStore } from '../credentials/credentials.store';
import { linkProblem } from './audit-chain';
import { fromLines } from './audit-lines';
import { Audit } from './audit.service';
import { AuditStore } from './audit.store';

const readAtOnce = 1_000;

/** Reads the record: for a credential's owner what concerns it, for an administrator whether it is whole. */
@Injectable()
export class AuditRecord {
  constructor(
    private readonly store: AuditStore,
    private readonly audit: Audit,
    private readonly credentials: CredentialsStore,
  ) {}

  async list(principal: Principal, { id, limit, cursor }: RequestOf<typeof listAudit>) {
    if (!(await this.credentials.find(principal, id))) throw new AppError('NOT_FOUND');
    const from = cursor === undefined ? undefined : readCursor(cursor);
    // Each row has at least one entry of the credential's.
    const rows = await this.store.listOf(id, from?.seq, limit + 1);
    const entries = rows.flatMap(({ seq, entries }) =>
      fromLines(entries)
        .map((entry, index) => ({ entry, seq, index }))
        .filter(({ entry, index }) => entry.credential_id === id && (seq !== from?.seq || index < from.index))
        .reverse(),
    );
    const shown = entries.slice(0, limit);
    const last = shown.at(-1);
    return {
      data: shown.map(({ entry }) => entry),
      next_cursor: last && entries.length > limit ? `${last.seq}.${last.index}` : null,
    };
  }

  async verify(principal: Principal): Promise<AuditProof> {
    requireAdmin(principal);
    await this.audit.flush();
    return this.prove();
  }

  /** Goes through all rows, some at a time. */
  async prove(): Promise<AuditProof> {
    let last = await this.store.checkpoint();
    const proof: AuditProof = {
      is_whole: true,
      rows: 0,
      entries: 0,
      first_seq: null,
      last_seq: null,
      last_hash: null,
      problem: null,
    };
    for (;;) {
      const rows = await this.store.listBehind(last.seq, readAtOnce);
      for (const row of rows) {
        const what = linkProblem(last, row);
        if (what) return { ...proof, is_whole: false, problem: { seq: row.seq, what } };
        proof.rows++;
        proof.entries += fromLines(row.entries).length;
        proof.first_seq ??= row.seq;
        proof.last_seq = row.seq;
        proof.last_hash = row.hash.toString('hex');
        last = row;
      }
      if (rows.length < readAtOnce) return proof;
      await nextTick();
    }
  }
}

function readCursor(cursor: string): { seq: number; index: number } {
  const match = /^(\d{1,15})\.(\d{1,4})$/.exec(cursor);
  if (!match) throw invalidFields([{ path: 'query.cursor', problem: 'is not one of this list' }]);
  return { seq: Number(match[1]), index: Number(match[2]) };
}
