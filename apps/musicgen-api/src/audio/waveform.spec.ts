import { WaveformPeaks } from './waveform';

describe('WaveformPeaks', () => {
  it('tells the lowest and highest value of each stretch, over both channels', () => {
    const peaks = new WaveformPeaks(44100, 8, 2);
    peaks.write(new Float32Array([0, 0.5, 0, 0, 0, 0, -1, 0]), new Float32Array([0, 0, -0.25, 0, 0, 0, 0, 1]));
    expect(peaks.end()).toEqual({
      version: 2,
      channels: 1,
      sample_rate: 44100,
      samples_per_pixel: 4,
      bits: 8,
      length: 2,
      data: [-32, 64, -127, 127],
    });
  });

  it('covers a last stretch that is not full', () => {
    const peaks = new WaveformPeaks(44100, 5, 2);
    peaks.write(new Float32Array([0, 0, 0, 0, 0.5]), new Float32Array(5));
    expect(peaks.end().data).toEqual([0, 0, 0, 64]);
  });
});
