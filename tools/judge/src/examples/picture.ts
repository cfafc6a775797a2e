import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadEngine } from '../crew/engine';
import { generationSvg } from './generation-svg';

/** The piece of the README's tour. */
const TOUR = { prompt: 'Upbeat jazz with saxophone, 126 bpm, no vocals', duration: 40, seed: 7 };

/** Makes the piece of the README's tour and draws it to `file`; answers what it is. */
export async function drawTour(engineFolder: string, file: string): Promise<string> {
  const engine = await loadEngine(engineFolder);
  const folder = await mkdtemp(path.join(tmpdir(), 'musicgen-judge-'));
  try {
    const report = await engine.render(TOUR, folder);
    const { data } = JSON.parse(await readFile(path.join(folder, 'waveform.json'), 'utf8')) as { data: number[] };
    await writeFile(file, generationSvg({ ...TOUR, ...report, waveform: data }));
    return `${file}: ${report.engineVersion}`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
