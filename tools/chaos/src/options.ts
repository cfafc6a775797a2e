import { parseArgs } from 'node:util';

export interface Options<Name extends string> {
  names: Name[];
  /** Of the full sizes. */
  scale: number;
}

/** Throws a sentence for whoever typed it. */
export function readOptions<Name extends string>(args: readonly string[], known: readonly Name[]): Options<Name> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { scale: { type: 'string', default: '1' } },
    allowPositionals: true,
  });
  const scale = Number(values.scale);
  if (!(scale > 0 && scale <= 10)) throw new Error(`--scale must be above 0 and at most 10, not "${values.scale}".`);
  const names = positionals.map((name) => {
    const found = known.find((one) => one === name);
    if (!found) throw new Error(`"${name}" is no scenario; there are ${known.join(', ')}.`);
    return found;
  });
  return { names: names.length > 0 ? names : [...known], scale };
}
