import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { ERRORS } from './codes';
import { errorsDocument } from './errors-document';

const path = join(__dirname, '..', 'ERRORS.md');
const command = 'UPDATE_DOCS=1 npx jest libs/error-codes';

describe('ERRORS.md', () => {
  it('is what the catalogue says', () => {
    if (process.env['UPDATE_DOCS']) writeFileSync(path, errorsDocument());
    if (readFileSync(path, 'utf8') !== errorsDocument()) throw new Error(`ERRORS.md is stale. Run: ${command}`);
  });

  it('explains every code once, with what to do', () => {
    const document = errorsDocument();
    for (const [code, row] of Object.entries(ERRORS)) {
      expect(document.split(`### ${code}\n`)).toHaveLength(2);
      expect(document).toContain(row.solution);
    }
  });

  it('puts a new code under its status', () => {
    const row = { status: 418, retryable: true, message: 'It is a teapot', solution: 'Ask for tea.' };
    const document = errorsDocument({ ...ERRORS, TEAPOT: row });
    expect(document).toMatch(/## 418\n\n### TEAPOT\n\n- \*\*What happened:\*\* It is a teapot\.\n- \*\*Retry:\*\* yes/);
  });
});
