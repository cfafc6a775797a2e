import { linkProblem, nextRow, start, type ChainRow } from './audit-chain';

const at = new Date('2026-11-20T10:00:00.123Z');

/** Three rows, each behind the other. */
function chain(): ChainRow[] {
  const first = nextRow(start, { at, replica: 'a', entries: '[{"action":"created"}]' });
  const second = nextRow(first, { at, replica: 'b', entries: '[{"action":"token_issued"}]' });
  return [first, second, nextRow(second, { at, replica: 'a', entries: '[]' })];
}

const problems = (rows: ChainRow[]) =>
  rows.map((row, i) => linkProblem(i === 0 ? start : rows[i - 1]!, row)).filter((problem) => problem !== null);

describe('the chain of the record', () => {
  it('holds as it was written', () => {
    expect(problems(chain())).toEqual([]);
  });

  it.each([
    ['entries', '[{"action":"deleted"}]'],
    ['at', new Date(at.getTime() + 1)],
    ['replica', 'c'],
    ['hash', Buffer.alloc(32)],
    ['previousHash', Buffer.alloc(32, 1)],
  ])('breaks when the %s of a row is changed', (name, value) => {
    const rows = chain();
    rows[1] = { ...rows[1]!, [name]: value };
    expect(problems(rows)).not.toEqual([]);
  });

  it('breaks when a row is taken out, and says which', () => {
    const [first, , third] = chain();
    expect(problems([first!, third!])).toEqual(['rows 2 to 2 are missing']);
  });

  it('breaks when rows change places, or one is put in', () => {
    const [first, second, third] = chain() as [ChainRow, ChainRow, ChainRow];
    expect(problems([second, first, third])).not.toEqual([]);
    const forged = nextRow(first, { at, replica: 'x', entries: '[]' });
    expect(problems([first, forged, third])).toEqual(['it does not follow the row before it']);
  });
});
