import type { AuditEntry } from '@musicgen/platform-contracts';

type Common = Omit<AuditEntry, 'at' | 'request_id'>;
/** When it was done, and in which request. */
type Time = [at: string, requestId: string];
type Line = Common & { times: Time[] };

/** Entries as a row of the record holds them, in JSON: what was done many times by the same is written once, with its times. */
export function toLines(entries: readonly AuditEntry[]): string {
  const lines = new Map<string, Line>();
  for (const entry of entries) {
    const name = nameOf(entry);
    const line = lines.get(name) ?? newLine(entry);
    line.times.push([entry.at, entry.request_id]);
    lines.set(name, line);
  }
  return JSON.stringify([...lines.values()]);
}

/** Equal for entries that differ in their time and request alone. */
const nameOf = (entry: AuditEntry): string =>
  `${entry.action} ${entry.credential_id} ${entry.outcome} ${entry.user_id} ${entry.key_id} ${entry.session_id} ${entry.service}`;

function newLine({ at: _at, request_id: _id, ...common }: AuditEntry): Line {
  return { ...common, times: [] };
}

/** The entries of a row, oldest first; of the same millisecond, in the order of its lines. */
export function fromLines(json: string): AuditEntry[] {
  const lines = JSON.parse(json) as Line[];
  return lines
    .flatMap(({ times, ...common }) => times.map(([at, request_id]) => ({ at, ...common, request_id })))
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}
