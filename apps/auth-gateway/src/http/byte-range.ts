/** The first and the last byte, both included. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * The one range that a Range header asks for (RFC 9110, section 14). Null: it is to be ignored, for it asks for several, in
 * another unit, or makes no sense.
 */
export function parseByteRange(header: string, size: number): ByteRange | 'unsatisfiable' | null {
  const [, first, last] = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(header) ?? [];
  if (first === undefined || last === undefined || first + last === '') return null;
  if (first === '') {
    // The last so many bytes; more than there are is all of them.
    const isSatisfiable = Number(last) > 0 && size > 0;
    return isSatisfiable ? { start: Math.max(0, size - Number(last)), end: size - 1 } : 'unsatisfiable';
  }
  if (last !== '' && Number(last) < Number(first)) return null;
  if (Number(first) >= size) return 'unsatisfiable';
  return { start: Number(first), end: last === '' ? size - 1 : Math.min(Number(last), size - 1) };
}
