import type { RenderRequest } from '../engine';

/** What a model of this kind reads: one sentence. What the parameters say stands in it as words. */
export function describeMusic(request: RenderRequest): string {
  const { prompt, genre, mood, tempo, key, instruments } = request;
  const words = [
    prompt.trim(),
    genre,
    mood,
    instruments?.length ? `with ${instruments.join(', ')}` : undefined,
    tempo === undefined ? undefined : `${tempo} bpm`,
    key === undefined ? undefined : `in ${key}`,
  ];
  return words.filter((word) => word !== undefined && word !== '').join(', ');
}

const unheard = {
  exclude: 'leaves nothing out that is named',
  structure: 'follows no structure',
  timeSignature: 'follows no time signature',
  intensity: 'follows no intensity',
  loop: 'makes no loops',
  variationOf: 'makes no variations',
  extensionOf: 'extends no piece',
} as const satisfies Partial<Record<keyof RenderRequest, string>>;

/** Where the request has another name for it. */
const names: Partial<Record<keyof RenderRequest, string>> = {
  timeSignature: 'time_signature',
  variationOf: 'variation_of',
  extensionOf: 'extend_of',
};

/** Parameters that would have no effect are refused rather than ignored. */
export function problemsOf(request: RenderRequest): { path: string; problem: string }[] {
  return (Object.keys(unheard) as (keyof typeof unheard)[])
    .filter((path) => request[path] !== undefined && request[path] !== false)
    .map((path) => ({
      path: names[path] ?? path,
      problem: `is not something that ${request.model} can do: it ${unheard[path]}`,
    }));
}
