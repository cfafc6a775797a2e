import { Client } from 'pg';

/** What must not be found, and what it is; `kind` says where it is allowed all the same. */
export interface Secret {
  name: string;
  value: string;
  kind: 'field' | 'access token' | 'code' | 'gateway';
}

const base64Of = (bytes: Buffer, encoding: 'base64' | 'base64url') =>
  // At each of the three places where it can begin among other bytes; the ends are mixed with those.
  [0, 1, 2].map((at) =>
    Buffer.concat([Buffer.alloc(at), bytes])
      .toString(encoding)
      .slice(at === 0 ? 0 : 4, -4),
  );

/** A secret as it could be written down. Of many lines, each counts. */
export function formsOf(value: string): string[] {
  const lines = value.split('\n').filter((line) => line.length >= 30);
  const texts = lines.length > 1 ? lines : [value];
  const forms = texts.flatMap((text) => {
    const bytes = Buffer.from(text);
    const hex = bytes.toString('hex');
    const escaped = JSON.stringify(text).slice(1, -1);
    const encodings = [...base64Of(bytes, 'base64'), ...base64Of(bytes, 'base64url'), hex, hex.toUpperCase()];
    return [text, escaped, encodeURIComponent(text), ...encodings];
  });
  return [...new Set(forms)].filter((form) => form.length >= 12);
}

/** Which of the secrets are in the text. */
export class Finder {
  private readonly forms: { secret: Secret; forms: string[] }[];

  constructor(secrets: readonly Secret[]) {
    this.forms = secrets.map((secret) => ({ secret, forms: formsOf(secret.value) }));
  }

  in(text: string): Secret[] {
    return this.forms.filter(({ forms }) => forms.some((form) => text.includes(form))).map(({ secret }) => secret);
  }
}

/** Every row of every table of every schema, as text; bytes are hexadecimal. */
export async function dump(adminUrl: string): Promise<string> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  const tables = await client.query(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  );
  const parts: string[] = [];
  for (const { name } of tables.rows as { name: string }[]) {
    const { rows } = await client.query(`SELECT to_jsonb(t)::text || t::text AS row FROM ${name} t`);
    parts.push(name, ...rows.map(({ row }) => row as string));
  }
  await client.end();
  return parts.join('\n');
}
