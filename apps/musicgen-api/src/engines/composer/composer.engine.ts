import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTick } from 'node:timers/promises';
import type { Artefact, Engine, Interpretation, ModelDescription, PreviewPiece } from '../engine';
import type { RenderProgress, RenderRequest, RenderResult } from '../engine';
import { allOrNothing, artefactOf, forwardOnly } from '../render-folder';
import { tagsOf } from '../tags-of';
import { compose } from './compose';
import { scoreToMidi } from './midi';
import type { Score } from './score';
import { loadSoundBank } from './sound/bank';
import type { BankOptions } from './sound/bank';
import { checkAsked } from './check-asked';
import { produce } from './sound/produce';
import type { Produced } from './sound/produce';
import { SAMPLE_RATE } from '../../audio/stereo';
import { placeAt, secondsAt } from './sound/timeline';
import { ENGINE_VERSION } from './version';

/** Goes up whenever the same score would give other bytes. */
const SOUND_VERSION = 2;

/** Changes whenever the same request would give other bytes: results are stored and compared by it. */
export const COMPOSER_ENGINE_VERSION = `${ENGINE_VERSION}+sound.${SOUND_VERSION}`;

const MODEL = 'composer-1';
const DURATION_SECONDS_MAX = 600;

/** Where each stage ends in the whole, by what it takes. */
const STAGES = { composing: [0, 0.03], rendering: [0.03, 0.45], encoding: [0.45, 0.97], verifying: [0.97, 1] } as const;

/** The musical half of the engine, as functions without clock or chance. */
export interface Composing {
  compose: (request: RenderRequest) => { score: Score; interpretation: Interpretation };
  scoreToMidi: (score: Score) => Uint8Array;
}

interface Listeners {
  signal: AbortSignal;
  report: (progress: RenderProgress) => void;
  onPreview?: (piece: PreviewPiece) => void;
}

/** The embedded engine: a prompt becomes a score, the score becomes sound. Always there, and the same every time. */
export class ComposerEngine implements Engine {
  constructor(
    private readonly bankOptions: BankOptions = {},
    private readonly composing: Composing = { compose, scoreToMidi },
  ) {}

  /** Makes a short piece for nobody: the first request then finds the bank read and the code compiled. */
  async warmUp(): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'composer-'));
    const request: RenderRequest = { id: '', model: MODEL, prompt: '', duration: 4, seed: 0, formats: ['mp3'] };
    try {
      const nobody = () => undefined;
      await this.render(request, folder, new AbortController().signal, nobody, nobody);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async describe(): Promise<ModelDescription[]> {
    const bank = await loadSoundBank(this.bankOptions).catch((error: Error) => error);
    const isMissing = bank instanceof Error;
    return [
      {
        id: MODEL,
        name: 'Composer',
        engine: 'composer',
        version: COMPOSER_ENGINE_VERSION,
        description: 'Composes a score from the prompt and plays it with sampled instruments.',
        available: !isMissing,
        ...(isMissing ? { unavailableReason: bank.message } : { bankSha256: bank.sha256 }),
        maxDurationSeconds: DURATION_SECONDS_MAX,
        sampleRate: SAMPLE_RATE,
        channels: 2,
        outputs: ['mix', 'stems', 'midi'],
        licence: isMissing ? 'unknown' : `${bank.name}: ${bank.licence}`,
        commercialUse: true,
        deterministic: true,
        pace: 0.1,
      },
    ];
  }

  async render(
    request: RenderRequest,
    folder: string,
    signal: AbortSignal,
    onProgress: (progress: RenderProgress) => void,
    onPreview?: (piece: PreviewPiece) => void,
  ): Promise<RenderResult> {
    const listeners = { signal, report: forwardOnly(onProgress), onPreview };
    return allOrNothing(folder, () => this.renderInto(request, folder, listeners));
  }

  private async renderInto(
    request: RenderRequest,
    folder: string,
    { signal, report, onPreview }: Listeners,
  ): Promise<RenderResult> {
    report({ stage: 'composing', fraction: 0 });
    const bank = await loadSoundBank(this.bankOptions);
    signal.throwIfAborted();
    const { score, interpretation } = this.composing.compose(request);
    checkAsked(score, request.duration);
    // Composing ten minutes and balancing their parts block for some tenths of a second each: between them a cancel is heard.
    await nextTick(undefined, { signal });
    const produced = await produce(score, bank, {
      folder,
      formats: request.formats,
      stems: request.stems ?? false,
      tags: tagsOf(request, {
        title: request.title ?? score.title,
        generator: COMPOSER_ENGINE_VERSION,
        digitalSourceType: 'algorithmicMedia',
        genre: score.genre,
        soundBank: bank.name,
        soundBankLicence: bank.licence,
      }),
      signal,
      onPreview,
      onFrames: (stage, frames) => {
        const [from, to] = STAGES[stage];
        const seconds = frames / SAMPLE_RATE;
        const place = stage === 'rendering' ? placeAt(score, seconds) : {};
        report({ stage, fraction: from + (to - from) * Math.min(1, seconds / score.durationSeconds), ...place });
      },
    });
    const midi = request.midi ? join(folder, 'score.mid') : undefined;
    if (midi) await writeFile(midi, this.composing.scoreToMidi(score));
    const artefacts = await describeFiles(produced, midi, signal);
    report({ stage: 'verifying', fraction: 1 });
    return {
      artefacts,
      interpretation,
      analysis: {
        tempo: score.tempoMap[0]!.bpm,
        key: `${score.key.tonic} ${score.key.mode}`,
        timeSignature: `${score.timeSignature.numerator}/${score.timeSignature.denominator}`,
        sections: score.sections.map(({ name, startBeat, bars, energy }) => ({
          name,
          startSeconds: secondsAt(score.tempoMap, startBeat),
          bars,
          energy,
        })),
        loudness: produced.measures.loudness,
        truePeak: produced.measures.truePeak,
        durationSeconds: produced.measures.frames / SAMPLE_RATE,
      },
      engineVersion: COMPOSER_ENGINE_VERSION,
      bankSha256: bank.sha256,
    };
  }
}

async function describeFiles(
  { mix, stems, waveform }: Produced,
  midi: string | undefined,
  signal: AbortSignal,
): Promise<Artefact[]> {
  const files: (Pick<Artefact, 'name' | 'kind' | 'format'> & { path: string })[] = [
    ...mix.map((file) => ({ name: 'mix', kind: 'mix' as const, ...file })),
    ...stems.map((file) => ({ kind: 'stem' as const, format: 'wav' as const, ...file })),
    { name: 'waveform', kind: 'waveform', format: 'json', path: waveform },
    ...(midi ? [{ name: 'score', kind: 'midi' as const, format: 'mid' as const, path: midi }] : []),
  ];
  const artefacts: Artefact[] = [];
  // One after the other: all at once, a piece with many stems would hang more listeners on the signal than Node deems sane.
  for (const { path, ...what } of files) artefacts.push(await artefactOf(what, path, signal));
  return artefacts;
}
