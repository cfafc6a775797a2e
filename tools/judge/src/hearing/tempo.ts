import type { OnsetEnvelope } from './onsets';

const BPM_MIN = 40;
const BPM_MAX = 240;
/** Where people tap, and how far from there they still do, in octaves (Moelants 2002; Ellis 2007). */
const USUAL_BPM = 120;
const OCTAVES = 0.9;
const BEATS_OF_COMB = 4;
const STEP = 1.0025;

function autocorrelation(values: Float32Array, lagMax: number): Float64Array {
  const out = new Float64Array(lagMax + 2);
  for (let lag = 0; lag < out.length; lag++) {
    let sum = 0;
    for (let i = lag; i < values.length; i++) sum += values[i]! * values[i - lag]!;
    out[lag] = sum / Math.max(1, values.length - lag);
  }
  return out;
}

function between(values: Float64Array, at: number): number {
  const low = Math.floor(at);
  const share = at - low;
  return (values[low] ?? 0) * (1 - share) + (values[low + 1] ?? 0) * share;
}

/** The best moment within a frame: a beat lasts longer than a frame is. */
function peakNear(values: Float64Array, at: number): number {
  return Math.max(between(values, at), between(values, at - 1), between(values, at + 1));
}

function prior(bpm: number): number {
  return Math.exp(-0.5 * (Math.log2(bpm / USUAL_BPM) / OCTAVES) ** 2);
}

/** How much of the envelope pulses so often, over the whole piece: the Fourier tempogram (Grosche and Müller 2011). */
function pulse({ values, framesPerSecond }: OnsetEnvelope, hz: number): number {
  let real = 0;
  let imaginary = 0;
  const step = (2 * Math.PI * hz) / framesPerSecond;
  for (let i = 0; i < values.length; i++) {
    real += values[i]! * Math.cos(step * i);
    imaginary += values[i]! * Math.sin(step * i);
  }
  return Math.hypot(real, imaginary);
}

/** The beat and its half: what is no multiple of the piece's true periods has neither. */
function pulseOfBeats(envelope: OnsetEnvelope, bpm: number): number {
  return pulse(envelope, bpm / 60) + pulse(envelope, bpm / 30);
}

function refined(envelope: OnsetEnvelope, bpm: number): number {
  let best = { bpm, strength: 0 };
  for (let candidate = bpm * 0.975; candidate <= bpm * 1.025; candidate *= 1.0008) {
    const hz = candidate / 60;
    const strength = pulse(envelope, hz) + pulse(envelope, hz * 2) + pulse(envelope, hz * 4);
    if (strength > best.strength) best = { bpm: candidate, strength };
  }
  return best.bpm;
}

/**
 * Beats a minute: autocorrelation of the onset envelope under a comb of four beats (Scheirer 1998) times its Fourier
 * spectrum, which have their false peaks at different places (Peeters 2007), times where people tap (Ellis 2007).
 * Nothing when there is no pulse at all.
 */
export function estimateTempo(envelope: OnsetEnvelope): number | undefined {
  const { values, framesPerSecond } = envelope;
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  if (!(mean > 0)) return undefined;
  const longest = Math.min(values.length - 1, Math.ceil((BEATS_OF_COMB * 60 * framesPerSecond) / BPM_MIN) + 1);
  const correlation = autocorrelation(
    values.map((value) => value - mean),
    longest,
  );
  let best = { bpm: 0, score: -Infinity };
  for (let bpm = BPM_MIN; bpm <= BPM_MAX; bpm *= STEP) {
    const lag = (60 * framesPerSecond) / bpm;
    let score = 0;
    for (let beat = 1; beat <= BEATS_OF_COMB; beat++) score += peakNear(correlation, lag * beat) / beat ** 0.5;
    if (score > 0) score *= prior(bpm) * pulseOfBeats(envelope, bpm);
    if (score > best.score) best = { bpm, score };
  }
  return refined(envelope, best.bpm);
}
