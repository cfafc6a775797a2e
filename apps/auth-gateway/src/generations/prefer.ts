const waitMax = 60;

/**
 * The seconds of `Prefer: wait=n` (RFC 7240, section 4.3). Null: nobody asked for it, or in a way that says nothing, which is
 * to be ignored. Of several the first counts.
 */
export function preferredWait(header: string | string[] | undefined): number | null {
  const [first] = preferencesOf(header).filter(([name]) => name === 'wait');
  if (!first || !/^\d{1,9}$/.test(first[1])) return null;
  return Math.min(Number(first[1]), waitMax);
}

/** Names are case-insensitive, values may be quoted, parameters do not concern us. */
function preferencesOf(header: string | string[] | undefined): [name: string, value: string][] {
  const text = Array.isArray(header) ? header.join(',') : (header ?? '');
  const preferences = text.match(/(?:[^,"]|"(?:[^"\\]|\\.)*")+/g) ?? [];
  return preferences.map((preference) => {
    const [, name = '', , quoted, token] =
      /^\s*([\w!#$%&'*+.^`|~-]+)\s*(=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*)))?\s*(?:;|$)/.exec(preference) ?? [];
    return [name.toLowerCase(), quoted ?? token ?? ''];
  });
}
