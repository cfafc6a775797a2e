import { auditActions, type AuditEntry } from '@musicgen/platform-contracts';
import fc from 'fast-check';
import { fromLines, toLines } from './audit-lines';

const who = fc.constantFrom(null, 'user_1', 'user_2');
const entry: fc.Arbitrary<AuditEntry> = fc.record({
  at: fc.integer({ min: 0, max: 3 }).map((ms) => new Date(ms).toISOString()),
  action: fc.constantFrom(...auditActions.slice(0, 3)),
  credential_id: fc.constantFrom('cred_1', 'cred_2'),
  platform: fc.constant('spotify'),
  outcome: fc.constantFrom('ok', 'TIMEOUT'),
  user_id: who,
  key_id: who,
  session_id: who,
  service: fc.constantFrom('auth', 'vault'),
  request_id: fc.string(),
});

const sorted = (entries: readonly AuditEntry[]) => entries.map((one) => JSON.stringify(one)).sort();

it('a row gives back every entry that was written, each once, in the order of time', () => {
  fc.assert(
    fc.property(fc.array(entry), (entries) => {
      const read = fromLines(toLines(entries));
      expect(sorted(read)).toEqual(sorted(entries));
      expect(read.map(({ at }) => at)).toEqual(entries.map(({ at }) => at).sort());
    }),
  );
});

it('a use that is made again takes no more than its time and its request', () => {
  const one = fc.sample(entry, 1)[0]!;
  const [once, twice] = [[one], [one, one]].map((entries) => toLines(entries).length);
  expect(twice! - once!).toBe(JSON.stringify([one.at, one.request_id]).length + ','.length);
});
