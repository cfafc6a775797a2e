import { monoOf, readWav } from '../signal/wav';
import { chromaOf } from './chroma';
import { aubioTempo, bpmToolsTempo, ffmpegLoudness, ffprobeDuration, hasTool } from './debian-tools';
import { keyOfChroma } from './key-profiles';
import type { KeyEstimate } from './key-profiles';
import { silenceOf, truePeak } from './levels';
import { integratedLoudness } from './loudness';
import { onsetEnvelopeOf } from './onsets';
import { estimateTempo } from './tempo';

export type TempoJudge = 'aubio' | 'bpm' | 'own';

/** What is heard in a file, by nobody who knows how it was made. Judges that are not installed have said nothing. */
export interface Heard {
  /** A judge that was there and heard no pulse says null. */
  tempo: Partial<Record<TempoJudge, number | null>>;
  /** As `aubio tempo` prints it; has no vote, because it is not what it says. */
  aubioPrinted?: number;
  key: KeyEstimate;
  loudness: { own: number; ffmpeg?: number };
  truePeak: { own: number; ffmpeg?: number };
  silence: { longestSeconds: number; atEndSeconds: number };
  frames: number;
  rate: number;
  seconds: { header: number; ffprobe?: number };
}

async function ifThere<T>(tool: Parameters<typeof hasTool>[0], ask: () => Promise<T | undefined>): Promise<T | null> {
  return hasTool(tool) ? ((await ask()) ?? null) : null;
}

/** Listens to a WAV file with every judge that is there. */
export async function hear(path: string): Promise<Heard> {
  const wav = await readWav(path);
  const mono = monoOf(wav);
  const [aubio, bpm, meter, probed] = await Promise.all([
    ifThere('aubio', () => aubioTempo(path)),
    ifThere('bpm', () => bpmToolsTempo(mono)),
    ifThere('ffmpeg', () => ffmpegLoudness(path)),
    ifThere('ffprobe', () => ffprobeDuration(path)),
  ]);
  return {
    tempo: {
      ...(aubio ? { aubio: aubio.median ?? null } : {}),
      ...(hasTool('bpm') ? { bpm } : {}),
      own: estimateTempo(onsetEnvelopeOf(mono, wav.rate)) ?? null,
    },
    ...(aubio?.printed === undefined ? {} : { aubioPrinted: aubio.printed }),
    key: keyOfChroma(chromaOf(mono, wav.rate)),
    loudness: { own: integratedLoudness(wav.samples, wav.rate), ...(meter ? { ffmpeg: meter.loudness } : {}) },
    truePeak: { own: truePeak(wav.samples), ...(meter ? { ffmpeg: meter.truePeak } : {}) },
    silence: silenceOf(mono, wav.rate),
    frames: wav.frames,
    rate: wav.rate,
    seconds: { header: wav.frames / wav.rate, ...(probed === null ? {} : { ffprobe: probed }) },
  };
}
