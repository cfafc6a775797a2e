import { ConfigError, withDatabase } from '@musicgen/service-kit';
import { parseArgs } from 'node:util';
import { AuditStore } from '../audit/audit.store';
import type { Config } from '../config';
import { database } from '../persistence/data-source';

/**
 * `prune-audit --before 2026-01-01`, with the schema owner's DATABASE_URL: the service's own role may not. Removes what is older
 * and leaves a checkpoint with the hash of the last row removed, behind which the record stays provable.
 */
export async function pruneAudit({ databaseUrl }: Pick<Config, 'databaseUrl'>, argv: string[]): Promise<void> {
  const before = readDate(argv);
  const rows = await withDatabase(database, databaseUrl, (dataSource) => new AuditStore(dataSource).prune(before));
  process.stdout.write(`${JSON.stringify({ removed: rows })}\n`);
}

function readDate(argv: string[]): Date {
  const { before } = parseArgs({ args: argv, options: { before: { type: 'string' } }, strict: false }).values;
  const date = typeof before === 'string' && /^\d{4}-\d{2}-\d{2}/.test(before) ? new Date(before) : undefined;
  if (!date || Number.isNaN(date.getTime())) throw new ConfigError(['--before must be a date such as 2026-01-01.']);
  return date;
}
