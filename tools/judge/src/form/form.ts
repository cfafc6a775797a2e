import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { doAll } from '../crew/crew';
import type { CrewOptions } from '../crew/crew';
import { barBeatsOf, readMidiPiece } from '../crew/midi';
import { readWavHeader } from '../signal/wav';
import { verdictOf } from '../report/verdict';
import type { Section, Verdict } from '../report/verdict';
import { barsOf, boundaryAgreement, noveltyOf, peaksOf, repeatsOf } from './self-similarity';

/** Genres that play songs, that play tracks, and that play neither. */
const PROMPTS = ['pop song', 'techno', 'orchestral film music'];
/** Of the bars, in stretches of four or more that were there before, note for note in all parts. */
const LOOPED_MAX = 0.1;
const BOUNDARIES_MIN = 0.6;
/** What a worker may take at its most (music-engines.md, section 7). */
const MEMORY_MB_MAX = 300;
const SHORT_SECONDS = 30;

async function formOf(prompt: string, seconds: number, crew: CrewOptions) {
  const folder = await mkdtemp(path.join(tmpdir(), 'musicgen-judge-'));
  try {
    const [outcome] = await doAll('render', [{ prompt, duration: seconds, seed: 1, folder }], crew);
    if (!outcome || 'error' in outcome) throw new Error(outcome?.error ?? 'not rendered');
    const piece = await readMidiPiece(path.join(folder, 'score.mid'));
    const { frames, rate } = await readWavHeader(path.join(folder, 'mix.wav'));
    const { sections } = outcome.result.analysis;
    const barCount = sections.reduce((sum, section) => sum + section.bars, 0);
    const bars = barsOf(piece, barCount);
    const boundaries = piece.markers.slice(1).map(({ beat }) => Math.round(beat / barBeatsOf(piece)));
    const novelty = noveltyOf(bars);
    return {
      prompt,
      bars: barCount,
      sections: sections.map(({ name, bars: length }) => `${name} ${length}`),
      repeats: repeatsOf(bars),
      boundaries: {
        marked: boundaries,
        heard: peaksOf(novelty),
        ...boundaryAgreement(peaksOf(novelty), boundaries, barCount),
      },
      novelty: novelty.map((value) => Math.round(value * 1000) / 1000),
      rssMb: outcome.result.rssMb,
      isExact: frames === Math.round(seconds * rate),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Makes very long pieces, each in a process of its own: whether they go round in circles, and what memory they take. */
export async function judgeForm(crew: CrewOptions, { seconds }: { seconds: number }): Promise<Section> {
  const alone = { ...crew, onDone: undefined };
  const short = await formOf(PROMPTS[0]!, SHORT_SECONDS, alone);
  const pieces = [];
  for (const prompt of PROMPTS) pieces.push(await formOf(prompt, seconds, alone));
  const verdicts: Verdict[] = pieces.flatMap(({ prompt, repeats, boundaries, rssMb, isExact }) => [
    verdictOf(`${prompt}: bars in stretches that were there before`, repeats.looped, { max: LOOPED_MAX }),
    verdictOf(`${prompt}: section boundaries heard as new`, boundaries.recall, { min: BOUNDARIES_MIN }),
    verdictOf(`${prompt}: memory at its most, MB`, rssMb, { max: MEMORY_MB_MAX }),
    verdictOf(`${prompt}: exact duration`, Number(isExact), { min: 1 }),
  ]);
  const percent = (share: number) => `${(share * 100).toFixed(0)} %`;
  const lines = pieces.map(
    ({ prompt, bars, repeats, boundaries, sections, rssMb }) =>
      `${prompt}: ${bars} bars, there before: ${percent(repeats.exact)} exactly, ${percent(repeats.near)} nearly; ` +
      `novelty peaks at boundaries ${boundaries.precision.toFixed(2)}, boundaries by chance ${boundaries.chance.toFixed(2)}; ` +
      `${rssMb.toFixed(0)} MB (${short.rssMb.toFixed(0)} MB for ${SHORT_SECONDS} s): ${sections.join(', ')}`,
  );
  return { name: `form of ${seconds} s`, verdicts, lines, data: { short, pieces } };
}
