import { TruePeakMeter, decibels } from '../true-peak';
import { InterSamplePeak } from './inter-sample-peak';

const RATE = 44100;

/** A second of a sine that swells and dies, so that nothing overshoots at its ends. */
function tone(hz: number, amplitude: number): Float32Array {
  return Float32Array.from(
    { length: RATE },
    (_, i) => amplitude * Math.sin(Math.PI * (i / RATE)) ** 2 * Math.sin((2 * Math.PI * hz * i) / RATE + 0.4),
  );
}

function peakOf(samples: Float32Array, chunk: number): number {
  const meter = new InterSamplePeak();
  for (let at = 0; at < samples.length; at += chunk) {
    meter.write(samples.subarray(at, at + chunk), samples.subarray(at, at + chunk));
  }
  return decibels(meter.end());
}

describe('the peak between the samples', () => {
  it.each([100, 997, 5000, 11025, 15000, 19000])('is that of the wave, for a tone of %d Hz', (hz) => {
    expect(Math.abs(peakOf(tone(hz, 0.5), 4096) - decibels(0.5))).toBeLessThan(0.12);
  });

  it('is the same however the stream is cut', () => {
    const samples = tone(17_321, 0.8);
    expect(peakOf(samples, 333)).toBeCloseTo(peakOf(samples, RATE), 6);
  });

  it('is found where twelve taps miss it: in noise up to half the rate', () => {
    const burst = new Float32Array(512);
    for (let k = -8; k < 8; k++) burst[256 + k] = 0.5 * Math.sign(Math.sin(Math.PI * (k + 0.5))) * (k < 0 ? -1 : 1);
    const short = new TruePeakMeter();
    short.write(burst, burst);
    expect(peakOf(burst, 512)).toBeGreaterThan(decibels(short.end()) + 0.3);
  });

  it('is seen in the last sample', () => {
    const samples = new Float32Array(100);
    samples[99] = -0.7;
    expect(peakOf(samples, 100)).toBeGreaterThanOrEqual(decibels(0.7) - 1e-6);
  });
});
