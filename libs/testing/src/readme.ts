import { configTable } from '@musicgen/service-kit';
import fs from 'node:fs';
import path from 'node:path';
import type { z } from 'zod';

/** Columns are padded by the formatter. */
const unpadded = (text: string) => text.replace(/ +/g, ' ').replace(/-{2,}/g, '---');

/** A README tells of every variable that the service reads, as the schema describes it. */
export function itDocuments(config: z.ZodRawShape, projectFolder: string): void {
  it('has the table of its configuration in its README', () => {
    const readme = fs.readFileSync(path.join(projectFolder, 'README.md'), 'utf8');
    for (const row of configTable(config).split('\n')) expect(unpadded(readme)).toContain(unpadded(row));
    expect(readme.split('\n').filter((line) => !line.startsWith('|')).length).toBeLessThanOrEqual(60);
  });
}
