/** A word of the prompt. */
export interface Token {
  /** As written. */
  raw: string;
  /** For comparing: lower case, plain signs. */
  text: string;
  isUsed: boolean;
  isNegated: boolean;
}

/** Words, stops, and pictures with all that belongs to them: skin, flag, joined ones. */
const WORD =
  /[\p{L}\p{N}][\p{L}\p{N}\p{M}#♯♭'’&/.]*|(?:\p{Extended_Pictographic}|\p{Regional_Indicator})[\p{Extended_Pictographic}\p{Regional_Indicator}\p{Emoji_Modifier}\u200d\ufe0f]*|&|[,;:.!?()]/gu;

/** Signs that look alike become one, and marks at the ends of words fall off. */
function plain(word: string): string {
  return word
    .toLowerCase()
    .replaceAll('♯', '#')
    .replaceAll('♭', 'b')
    .replaceAll('’', "'")
    .replace(/[.'/&]+$/, '');
}

/** Words and stops of a prompt. Hyphens part words: "lo-fi" and "lo fi" are the same. */
export function tokensOf(prompt: string): Token[] {
  const text = prompt.normalize('NFKC').replace(/[-‐‑–—_]+/g, ' ');
  return [...text.matchAll(WORD)].map(([raw]) => {
    const isStop = /^[,;:.!?()&]$/.test(raw);
    return { raw, text: isStop ? raw : plain(raw), isUsed: isStop && raw !== '&', isNegated: false };
  });
}

/** A list of words as data files write it, each with its meaning. */
export function vocabulary<T>(entries: Iterable<readonly [T, string]>): Map<string, T> {
  const words = new Map<string, T>();
  for (const [meaning, list] of entries) {
    for (const phrase of list.split(',')) {
      const key = tokensOf(phrase)
        .map((token) => token.text)
        .join(' ');
      if (key !== '' && !words.has(key)) words.set(key, meaning);
    }
  }
  return words;
}

/** Something the prompt says. */
export interface Match<T> {
  at: number;
  length: number;
  meaning: T;
}

const PHRASE_WORDS_MAX = 5;

/** Plurals are what they are plurals of. */
function lookUp<T>(words: ReadonlyMap<string, T>, phrase: string): T | undefined {
  return words.get(phrase) ?? (phrase.endsWith('s') ? words.get(phrase.slice(0, -1)) : undefined);
}

/** The longest phrase of a vocabulary at a place, among words nobody has claimed yet. */
export function matchAt<T>(tokens: readonly Token[], at: number, words: ReadonlyMap<string, T>): Match<T> | undefined {
  for (let length = Math.min(PHRASE_WORDS_MAX, tokens.length - at); length > 0; length--) {
    const phrase = tokens.slice(at, at + length);
    if (phrase.some((token) => token.isUsed)) continue;
    const meaning = lookUp(words, phrase.map((token) => token.text).join(' '));
    if (meaning !== undefined) return { at, length, meaning };
  }
  return undefined;
}

/** Claims the words of a match. */
export function claim(tokens: readonly Token[], { at, length }: { at: number; length: number }): void {
  for (let i = at; i < at + length; i++) tokens[i]!.isUsed = true;
}

/** All matches from left to right; their words are claimed unless `keep` says otherwise. */
export function matchAll<T>(
  tokens: readonly Token[],
  words: ReadonlyMap<string, T>,
  { keep = false } = {},
): Match<T>[] {
  const found: Match<T>[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const match = matchAt(tokens, at, words);
    if (!match) continue;
    found.push(match);
    if (!keep) claim(tokens, match);
    at += match.length - 1;
  }
  return found;
}
