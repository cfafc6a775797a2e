import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describeSound } from '../genres/audio-features';
import { featuresOf } from '../genres/features';
import type { Features } from '../genres/features';
import { hear } from '../hearing/hear';
import type { Heard } from '../hearing/hear';
import { keyOfChroma } from '../hearing/key-profiles';
import type { KeyEstimate } from '../hearing/key-profiles';
import { nameOfKey } from '../hearing/mirex';
import { DRUM_CHANNEL, readMidiPiece } from './midi';
import type { MidiPiece } from './midi';
import type { CompiledEngine, RenderReport, Wish } from './engine';

/** A piece as it was heard, beside what the engine says of it. */
export interface Hearing {
  heard: Heard;
  report: RenderReport;
  /** The key by the durations of the notes as written: tells a piece that drifts from a judge that mishears. */
  writtenKey: string;
  writtenMetre: string;
}

/** Renders in a folder of its own. */
interface TaskTypes {
  hear: { wish: Wish; result: Hearing };
  features: { wish: Wish; result: Features };
  render: { wish: Wish & { folder: string }; result: RenderReport & { rssMb: number } };
}

export type TaskName = keyof TaskTypes;
export type TaskOf<N extends TaskName> = TaskTypes[N];
export type Job = { [N in TaskName]: { task: N; wish: TaskTypes[N]['wish'] } }[TaskName];
export type Answer = { result: unknown } | { error: string };

function writtenKeyOf({ notes }: MidiPiece): KeyEstimate {
  const chroma = new Array<number>(12).fill(0);
  for (const { channel, pitch, beats } of notes) if (channel !== DRUM_CHANNEL) chroma[pitch % 12]! += beats;
  return keyOfChroma(chroma);
}

async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'musicgen-judge-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What a process of the crew can be asked to do. */
export const TASKS: {
  [N in TaskName]: (engine: CompiledEngine, wish: TaskTypes[N]['wish']) => Promise<TaskTypes[N]['result']>;
} = {
  hear: (engine, wish) =>
    inFolder(async (folder) => {
      const report = await engine.render(wish, folder);
      const piece = await readMidiPiece(path.join(folder, 'score.mid'));
      const { numerator, denominator } = piece.timeSignature;
      const heard = await hear(path.join(folder, 'mix.wav'));
      const { interpretation, analysis, engineVersion } = report;
      return {
        heard,
        report: { interpretation, analysis, engineVersion },
        writtenKey: nameOfKey(writtenKeyOf(piece)),
        writtenMetre: `${numerator}/${denominator}`,
      };
    }),
  features: (engine, wish) =>
    inFolder(async (folder) => {
      await engine.render(wish, folder);
      const piece = await readMidiPiece(path.join(folder, 'score.mid'));
      return featuresOf(piece, await describeSound(path.join(folder, 'mix.wav')));
    }),
  render: async (engine, { folder, ...wish }) => {
    const { interpretation, analysis, engineVersion } = await engine.render(wish, folder);
    return { interpretation, analysis, engineVersion, rssMb: process.resourceUsage().maxRSS / 1024 };
  },
};
