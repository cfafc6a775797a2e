import { decimate } from '../signal/decimate';
import { harmonicPart } from '../signal/harmonic';
import { spectrogramOf } from '../signal/spectrogram';
import type { Spectrogram } from '../signal/spectrogram';
import { LOWEST, silence, tonesIn } from './tones';

const HZ_MIN = 50;
const HZ_MAX = 2100;
const C0_HZ = 440 * 2 ** (-57 / 12);
const C0_KEY = 12;

interface Peak {
  /** In semitones above C0, not rounded. */
  pitch: number;
  magnitude: number;
}

function peaksOf(frame: Float32Array, binHz: number): Peak[] {
  const peaks: Peak[] = [];
  const floor = 0.01 * frame.reduce((max, value) => Math.max(max, value), 0);
  for (let bin = Math.max(1, Math.floor(HZ_MIN / binHz)); bin < frame.length - 1; bin++) {
    const [left, here, right] = [frame[bin - 1]!, frame[bin]!, frame[bin + 1]!];
    if (here <= floor || here < left || here <= right) continue;
    // A parabola through the logarithms finds the frequency between the bins.
    const [a, b, c] = [Math.log(left + 1e-9), Math.log(here + 1e-9), Math.log(right + 1e-9)];
    const bend = a - 2 * b + c;
    const shift = bend === 0 ? 0 : Math.max(-0.5, Math.min(0.5, (0.5 * (a - c)) / bend));
    peaks.push({ pitch: 12 * Math.log2(((bin + shift) * binHz) / C0_HZ), magnitude: here });
  }
  return peaks;
}

/** Cents that the piece as a whole lies off A = 440 Hz, −50 to 50: mean direction of all peaks on the circle of a semitone. */
function detuningOf(frames: readonly Peak[][]): number {
  let real = 0;
  let imaginary = 0;
  for (const { pitch, magnitude } of frames.flat()) {
    real += magnitude * Math.cos(2 * Math.PI * pitch);
    imaginary += magnitude * Math.sin(2 * Math.PI * pitch);
  }
  return Math.atan2(imaginary, real) / (2 * Math.PI);
}

/** Peaks by semitone; one between two semitones belongs to neither. */
function semitonesOf(peaks: readonly Peak[], detuning: number): Float64Array {
  const semitones = silence();
  for (const { pitch, magnitude } of peaks) {
    const at = pitch - detuning + C0_KEY - LOWEST;
    const nearest = Math.round(at);
    if (nearest in semitones) semitones[nearest]! += Math.cos(Math.PI * (at - nearest)) ** 2 * magnitude;
  }
  return semitones;
}

/** The tones of a frame by their names. Loudness as ears compress it: a loud tone does not silence the others. */
function chromaOfFrame(peaks: readonly Peak[], detuning: number): Float64Array {
  const chroma = new Float64Array(12);
  tonesIn(semitonesOf(peaks, detuning)).forEach((loudness, i) => {
    chroma[(i + LOWEST) % 12]! += Math.sqrt(loudness);
  });
  return chroma;
}

function chromaOfSpectrogram({ frames, binHz }: Spectrogram): number[] {
  const energies = frames.map((frame) => frame.reduce((sum, value) => sum + value * value, 0));
  const typical = energies.toSorted((a, b) => a - b)[Math.floor(energies.length / 2)] ?? 0;
  const audible = frames.filter((_, i) => energies[i]! > 0.01 * typical && energies[i]! > 0);
  const peaks = audible.map((frame) => peaksOf(frame, binHz));
  const detuning = detuningOf(peaks);
  const total = new Float64Array(12);
  for (const frame of peaks) {
    const chroma = chromaOfFrame(frame, detuning);
    const sum = chroma.reduce((all, value) => all + value, 0);
    if (sum > 0) for (let i = 0; i < 12; i++) total[i]! += chroma[i]! / sum;
  }
  const sum = total.reduce((all, value) => all + value, 0);
  return Array.from(total, (value) => (sum > 0 ? value / sum : 0));
}

/**
 * How much each pitch class sounds over the piece (0 is C): the tones that explain the spectral peaks, with drums removed and
 * tuning compensated. `mono` is at 44.1 or 48 kHz.
 */
export function chromaOf(mono: Float32Array, rate: number): number[] {
  const signal = decimate(mono, 4);
  return chromaOfSpectrogram(
    harmonicPart(spectrogramOf(signal, { rate: rate / 4, size: 8192, hop: 2048, hzMax: HZ_MAX })),
  );
}
