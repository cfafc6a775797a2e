import path from 'node:path';

/** The score as far as it is looked at here: seeds and forms are judged without sound. */
export interface JudgedScore {
  genre: string;
  durationSeconds: number;
  key: { tonic: string; mode: 'major' | 'minor' };
  timeSignature: { numerator: number; denominator: number };
  tempoMap: { beat: number; bpm: number }[];
  sections: { name: string; startBeat: number; bars: number; energy: number }[];
  chords: { beat: number; beats: number; symbol: string; tones: number[] }[];
  parts: {
    name: string;
    role: string;
    channel: number;
    program: number;
    notes: { beat: number; beats: number; pitch: number; velocity: number }[];
  }[];
}

/** What the engine says of what it has made. */
export interface RenderReport {
  engineVersion: string;
  interpretation: {
    genre: { value: string };
    tempo: { value: number };
    key: { value: string };
    instruments: { value: string[] };
    ignored: string[];
  };
  analysis: {
    tempo: number;
    key: string;
    timeSignature: string;
    sections: { name: string; startSeconds: number; bars: number; energy: number }[];
    loudness: number;
    truePeak: number;
    durationSeconds: number;
  };
}

/** A request as the engine's own interface has it; ids and formats are filled in. */
export interface Wish {
  prompt: string;
  duration: number;
  seed: number;
  formats?: ('wav' | 'mp3')[];
}

/** The engine as it was compiled: loaded at run time, because tools may not import apps. */
export interface CompiledEngine {
  render(wish: Wish, folder: string): Promise<RenderReport>;
  compose(wish: Wish): JudgedScore;
}

interface EngineModule {
  engines: { composer: { create(options: object): { render(...args: unknown[]): Promise<RenderReport> } } };
}

/** Loads the engine from the folder that tools/build compiles apps/musicgen-api to. */
export async function loadEngine(folder: string): Promise<CompiledEngine> {
  const source = path.join(folder, 'apps/musicgen-api/src/engines');
  const { engines } = (await import(path.join(source, 'registry.js'))) as EngineModule;
  const { compose } = (await import(path.join(source, 'composer/compose.js'))) as {
    compose(request: object): { score: JudgedScore };
  };
  const engine = engines.composer.create({});
  const requestOf = ({ formats = ['wav'], ...wish }: Wish) => ({
    id: 'gen_01M7WR7MKC47J3Q578B6Z8MXJN',
    model: 'composer-1',
    midi: true,
    formats,
    ...wish,
  });
  const nobody = () => undefined;
  return {
    render: (wish, into) => engine.render(requestOf(wish), into, new AbortController().signal, nobody),
    compose: (wish) => compose(requestOf(wish)).score,
  };
}
