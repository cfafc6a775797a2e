import fs from 'node:fs/promises';
import path from 'node:path';
import { doAll } from '../crew/crew';
import type { CrewOptions } from '../crew/crew';
import { readMidiPiece } from '../crew/midi';
import { FIXED_PROMPTS } from '../prompts/fixed-prompts';
import { readWav } from '../signal/wav';
import { pageOf } from './page';
import type { Example } from './page';
import { pianoRollSvg } from './piano-roll-svg';
import { waveformSvg } from './waveform-svg';

async function keep(folder: string, out: string, genre: string): Promise<void> {
  const to = (ending: string) => path.join(out, `${genre}.${ending}`);
  await fs.writeFile(to('waveform.svg'), waveformSvg(await readWav(path.join(folder, 'mix.wav'))));
  await fs.writeFile(to('score.svg'), pianoRollSvg(await readMidiPiece(path.join(folder, 'score.mid'))));
  await fs.rename(path.join(folder, 'mix.wav'), to('wav'));
  await fs.rename(path.join(folder, 'mix.mp3'), to('mp3'));
  await fs.rename(path.join(folder, 'score.mid'), to('mid'));
  await fs.rm(folder, { recursive: true });
}

/** Renders one piece of each genre into a folder, with pictures and a page that plays them; answers where the page is. */
export async function makeExamples(
  crew: CrewOptions,
  { out, seconds, seed }: { out: string; seconds: number; seed: number },
): Promise<string> {
  const genres = [...new Set(FIXED_PROMPTS.map(({ genre }) => genre))];
  const asked = genres.map((genre) => FIXED_PROMPTS.find((each) => each.genre === genre)!);
  const folders = genres.map((genre) => path.join(out, `.${genre}`));
  for (const folder of folders) await fs.mkdir(folder, { recursive: true });
  const wishes = asked.map(({ prompt }, i) => ({
    prompt,
    duration: seconds,
    seed,
    formats: ['wav' as const, 'mp3' as const],
    folder: folders[i]!,
  }));
  const outcomes = await doAll('render', wishes, crew);
  const examples: Example[] = [];
  let engineVersion = '';
  for (const [i, outcome] of outcomes.entries()) {
    const [genre, { prompt }] = [genres[i]!, asked[i]!];
    if ('error' in outcome) throw new Error(`${genre}: ${outcome.error}`);
    await keep(folders[i]!, out, genre);
    const { analysis, interpretation } = outcome.result;
    const { tempo, key, timeSignature } = analysis;
    const instruments = interpretation.instruments.value;
    examples.push({ genre, prompt, seed, tempo, key, timeSignature, instruments });
    engineVersion = outcome.result.engineVersion;
  }
  const page = path.join(out, 'index.html');
  await fs.writeFile(page, pageOf(examples, engineVersion));
  return page;
}
