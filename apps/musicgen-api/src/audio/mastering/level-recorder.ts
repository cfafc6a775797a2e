import { KWeightedEnergy } from '../loudness';
import { SAMPLE_RATE } from '../stereo';
import type { Stereo } from '../stereo';
import { TruePeakMeter } from '../true-peak';
import { BLOCK_FRAMES } from './limiter';
import type { BlockLevels } from './limiter';

/** Below this part of the highest peak a block is not oversampled: no limiter works that deep. */
const PEAK_FLOOR = 0.3;

/** Measures a mix as it goes by. */
export class LevelRecorder {
  private readonly levels: BlockLevels;
  private readonly energy: KWeightedEnergy;
  private readonly peak: TruePeakMeter;
  private energies = 0;
  private peaks = 0;

  constructor(frames: number, loop: boolean) {
    const blocks = Math.ceil(frames / BLOCK_FRAMES);
    this.levels = { peaks: new Float32Array(blocks), energies: new Float32Array(blocks), loop };
    this.energy = new KWeightedEnergy(SAMPLE_RATE, BLOCK_FRAMES, (sum) => {
      this.levels.energies[this.energies++] = sum;
    });
    this.peak = new TruePeakMeter(BLOCK_FRAMES, PEAK_FLOOR, (peak) => {
      if (this.peaks < blocks) this.levels.peaks[this.peaks++] = peak;
    });
  }

  write({ left, right }: Stereo, frames: number): void {
    this.energy.write(left, right, frames);
    this.peak.write(left, right, frames);
  }

  end(): BlockLevels {
    this.peak.end();
    return this.levels;
  }
}
