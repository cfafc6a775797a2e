import { join } from 'node:path';
import type { AudioFormat } from '../../../audio/encoder';
import type { AudioTags } from '../../../audio/tags';
import type { PreviewPiece } from '../../engine';
import type { Score } from '../score';
import { balance } from './balance';
import type { SoundBank } from './bank';
import { checkAudible, checkMaster, checkStems, checkWavLength } from '../../../audio/mastering/checks';
import type { BlockLevels } from '../../../audio/mastering/limiter';
import { master } from '../../../audio/mastering/master';
import type { MasterMeasures } from '../../../audio/mastering/master';
import { MixFiles } from '../../../audio/mastering/mix-files';
import { Preview } from './preview';
import { STEM_HEADROOM_DB, renderMix } from './render';
import type { RenderOptions } from './render';
import { Spool } from '../../../audio/mastering/spool';
import { StemFiles } from './stem-files';

/** What to make of a score, and who wants to know meanwhile. */
export interface ProduceOptions {
  /** An existing folder, for the files and for what is spooled meanwhile. */
  folder: string;
  formats: readonly AudioFormat[];
  stems: boolean;
  tags: AudioTags;
  signal?: AbortSignal;
  /** Frames done within a stage. */
  onFrames: (stage: 'rendering' | 'encoding' | 'verifying', frames: number) => void;
  /** Wants to hear the mix while it is rendered; costs a second encoder. */
  onPreview?: (piece: PreviewPiece) => void;
}

/** The files of a finished piece that passed its checks. */
export interface Produced {
  mix: { format: AudioFormat; path: string }[];
  stems: { name: string; path: string }[];
  waveform: string;
  measures: MasterMeasures;
}

/** From score to mastered, checked files. Whatever happens, nothing spooled is left behind. */
export async function produce(score: Score, bank: SoundBank, options: ProduceOptions): Promise<Produced> {
  const { folder, formats, tags, signal, onFrames, onPreview } = options;
  const spool = new Spool(join(folder, '.mix.f32'));
  let stems: StemFiles | undefined;
  try {
    const gains = balance(score, bank);
    const preview = onPreview && (await Preview.open(onPreview));
    const onAudio: RenderOptions['onAudio'] = preview && ((mix, frames) => preview.write(mix, frames));
    const onRendered = (frames: number) => onFrames('rendering', frames);
    const renderOptions: RenderOptions = { gains, spool, signal, onFrames: onRendered, onAudio };
    const rendered = options.stems
      ? await renderStems(score, bank, { folder, tags, renderOptions })
      : { levels: await renderMix(score, bank, renderOptions), stems: undefined };
    stems = rendered.stems;
    preview?.end();
    checkAudible(rendered.levels);
    const mix = new MixFiles(folder, ['wav', ...formats], { frames: spool.frames, tags });
    try {
      const onEncoded = (frames: number) => onFrames('encoding', frames);
      const measures = await master(spool, rendered.levels, { sink: mix, signal, onFrames: onEncoded });
      onFrames('verifying', spool.frames);
      checkMaster(measures, score.durationSeconds);
      checkWavLength(mix.files[0]!.path, measures.frames);
      if (stems) await checkStems(stems.files, stems.mix, signal);
      return { mix: mix.files, stems: stems?.files ?? [], waveform: mix.waveformPath, measures };
    } finally {
      mix.discard();
    }
  } finally {
    spool.discard();
    stems?.abort();
  }
}

/** Renders with stems; once more, lower, when one of them did not fit below full scale. */
async function renderStems(
  score: Score,
  bank: SoundBank,
  { folder, tags, renderOptions }: { folder: string; tags: AudioTags; renderOptions: RenderOptions },
): Promise<{ stems: StemFiles; levels: BlockLevels }> {
  let headroomDb = STEM_HEADROOM_DB;
  let options = renderOptions;
  for (;;) {
    const stems = new StemFiles(score, folder, tags);
    try {
      await stems.open();
      const onMix: RenderOptions['onMix'] = (mixer, frames) => stems.write(mixer, frames);
      const levels = await renderMix(score, bank, { ...options, headroomDb, onMix });
      stems.close();
      if (stems.peak <= 1) return { stems, levels };
    } catch (error) {
      stems.abort();
      throw error;
    }
    stems.abort();
    options.spool.rewind();
    // Who listens has heard it: the mix itself is the same.
    options = { ...options, onAudio: undefined };
    headroomDb += Math.ceil(20 * Math.log10(stems.peak)) + 1;
  }
}
