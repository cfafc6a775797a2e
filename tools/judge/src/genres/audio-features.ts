import { loudnessRange } from '../hearing/loudness';
import { onsetEnvelopeOf, onsetRateOf } from '../hearing/onsets';
import { decimate } from '../signal/decimate';
import { spectrogramOf } from '../signal/spectrogram';
import { monoOf, readWav } from '../signal/wav';
import type { Features } from './features';

/** Octave bands between these. */
const EDGES = [40, 80, 160, 320, 640, 1280, 2560, 5120, 10240];

/** Sound as a listener might describe it: bright or dark, dense or sparse, even or dynamic, wide or narrow. */
export async function describeSound(path: string): Promise<Features> {
  const wav = await readWav(path);
  const mono = monoOf(wav);
  const { frames, binHz } = spectrogramOf(decimate(mono, 2), { rate: wav.rate / 2, size: 2048, hop: 2048 });
  const energies = new Array<number>(EDGES.length - 1).fill(0);
  let [weighted, total, flatness] = [0, 0, 0];
  for (const frame of frames) {
    let [sum, logs] = [0, 0];
    for (let bin = 1; bin < frame.length; bin++) {
      const power = frame[bin]! ** 2 + 1e-12;
      const hz = bin * binHz;
      const band = EDGES.findLastIndex((edge) => edge <= hz);
      if (band >= 0 && band < energies.length) energies[band]! += power;
      weighted += hz * power;
      sum += power;
      logs += Math.log(power);
    }
    total += sum;
    flatness += Math.exp(logs / (frame.length - 1)) / (sum / (frame.length - 1)) / frames.length;
  }
  const [left, right] = [wav.samples[0]!, wav.samples[1] ?? wav.samples[0]!];
  const side = left.reduce((sum, value, i) => sum + (value - right[i]!) ** 2, 0);
  const middle = mono.reduce((sum, value) => sum + 4 * value ** 2, 0);
  return {
    'sound.centroid': Math.log2(weighted / Math.max(total, 1e-12) + 1),
    'sound.flatness': Math.log2(flatness + 1e-9),
    'sound.onsets': onsetRateOf(onsetEnvelopeOf(mono, wav.rate)),
    'sound.range': loudnessRange(wav.samples, wav.rate),
    'sound.width': side / (middle + side + 1e-12),
    ...Object.fromEntries(
      energies.map((energy, i) => [`sound.octave_${EDGES[i]!}`, Math.log10(energy / Math.max(total, 1e-12) + 1e-6)]),
    ),
  };
}
