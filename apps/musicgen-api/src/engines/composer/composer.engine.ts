import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AudioTags } from '../../audio/tags';
import type { Artefact, Engine, Interpretation, ModelDescription, PreviewPiece } from '../engine';
import type { RenderProgress, RenderRequest, RenderResult } from '../engine';
import { allOrNothing, artefactOf, forwardOnly } from '../render-folder';
import { compose } from './compose';
import { scoreToMidi } from './midi';
import type { Score } from './score';
import { loadSoundBank } from './sound/bank';
import type { BankOptions, SoundBank } from './sound/bank';
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
    const produced = await produce(score, bank, {
      folder,
      formats: request.formats,
      stems: request.stems ?? false,
      tags: tagsOf(request, score, bank),
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
    const artefacts = await describeFiles(produced, midi);
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

function tagsOf(request: RenderRequest, score: Score, bank: SoundBank): AudioTags {
  return {
    // A NUL or a line break would end the field early in some of the formats.
    title: (request.title ?? score.title).replaceAll(/\p{Cc}+/gu, ' '),
    promptSha256: createHash('sha256').update(request.prompt, 'utf8').digest('hex'),
    model: request.model,
    seed: request.seed,
    generator: COMPOSER_ENGINE_VERSION,
    digitalSourceType: 'algorithmicMedia',
    genre: score.genre,
    soundBank: bank.name,
    soundBankLicence: bank.licence,
  };
}

async function describeFiles({ mix, stems, waveform }: Produced, midi?: string): Promise<Artefact[]> {
  return Promise.all([
    ...mix.map(({ format, path }) => artefactOf({ name: 'mix', kind: 'mix', format }, path)),
    ...stems.map(({ name, path }) => artefactOf({ name, kind: 'stem', format: 'wav' }, path)),
    artefactOf({ name: 'waveform', kind: 'waveform', format: 'json' }, waveform),
    ...(midi ? [artefactOf({ name: 'score', kind: 'midi', format: 'mid' }, midi)] : []),
  ]);
}
