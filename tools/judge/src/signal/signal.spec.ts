import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { decimate } from './decimate';
import { Fft } from './fft';
import { readWav, readWavHeader } from './wav';

function wavOf(frames: readonly (readonly [number, number])[]): Buffer {
  const data = Buffer.alloc(frames.length * 6);
  frames.forEach(([left, right], i) => {
    data.writeIntLE(Math.round(left * 0x7fffff), i * 6, 3);
    data.writeIntLE(Math.round(right * 0x7fffff), i * 6 + 3, 3);
  });
  const head = Buffer.alloc(44);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(2, 22);
  head.writeUInt32LE(44_100, 24);
  head.writeUInt32LE(44_100 * 6, 28);
  head.writeUInt16LE(6, 32);
  head.writeUInt16LE(24, 34);
  head.write('data', 36, 'latin1');
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}

describe('signals', () => {
  it('have their peak in the bin of their frequency', () => {
    const frame = Float64Array.from({ length: 256 }, (_, i) => Math.cos((2 * Math.PI * 20 * i) / 256));
    const magnitudes = new Float32Array(128);
    new Fft(256).magnitudes(frame, magnitudes);
    expect(magnitudes[20]).toBeCloseTo(128, 3);
    expect(magnitudes.reduce((sum, value) => sum + value, 0)).toBeCloseTo(128, 2);
  });

  it('are transformed only in powers of two', () => {
    expect(() => new Fft(100)).toThrow(RangeError);
  });

  it('keep what is low and lose what is high when their rate is halved', () => {
    const tone = (period: number) =>
      Float32Array.from({ length: 4000 }, (_, i) => Math.sin((2 * Math.PI * i) / period));
    const loudest = (signal: Float32Array) => Math.max(...signal.slice(200, -200));
    expect(loudest(decimate(tone(40), 2))).toBeCloseTo(1, 1);
    expect(loudest(decimate(tone(3), 2))).toBeLessThan(0.01);
  });

  it('are read from a WAV file of 24 bits', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'judge-wav-'));
    const file = path.join(folder, 'a.wav');
    try {
      await writeFile(file, wavOf([[0.5, -0.25], [-1, 1], [0, 0.125]])); // prettier-ignore
      const { samples, frames, rate, isWhole } = await readWav(file);
      expect({ frames, rate, isWhole }).toEqual({ frames: 3, rate: 44_100, isWhole: true });
      expect(samples[0]![0]).toBeCloseTo(0.5, 5);
      expect(samples[1]![2]).toBeCloseTo(0.125, 5);
      expect((await readWavHeader(file)).bits).toBe(24);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
