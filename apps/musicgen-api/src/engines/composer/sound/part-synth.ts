import { SpessaSynthProcessor } from 'spessasynth_core';
import type { MIDIController } from 'spessasynth_core';
import type { Part } from '../score';
import type { SoundBank } from './bank';
import { GRID } from './timeline';
import { SAMPLE_RATE } from '../../../audio/stereo';
import type { SynthEvent } from './timeline';
import { stereo } from '../../../audio/stereo';
import type { Stereo } from '../../../audio/stereo';

/** Longest block of the synthesiser: its envelopes move once a block. */
export const BLOCK_FRAMES_MAX = 2 * GRID;

const CHANNELS = 16;
const DRUM_CHANNEL = 9;

/**
 * The synthesiser, one channel a part, dry. Channels are its own: two parts on MIDI's drum channel
 * (a kit and hand percussion) still come out apart.
 */
export class PartSynth {
  private readonly synth: SpessaSynthProcessor;
  private readonly channels: number[];
  private readonly outputs: Float32Array[][];

  /** Never destroyed: `destroySynthProcessor` would empty the shared bank, and every later piece would be silent. */
  constructor({ bank, name }: SoundBank, parts: readonly Part[], buffers: readonly Stereo[]) {
    this.synth = new SpessaSynthProcessor(SAMPLE_RATE, {
      eventsEnabled: false,
      effectsEnabled: false,
      maxBufferSize: BLOCK_FRAMES_MAX,
    });
    this.synth.onMissingPreset = ({ program }) => {
      throw new Error(`Sound bank ${name} has no preset for program ${program}`);
    };
    this.synth.soundBankManager.addSoundBank(bank, 'main');
    this.channels = allocateChannels(parts);
    const unused = stereo(buffers[0]?.left.length ?? 0);
    this.outputs = Array.from({ length: CHANNELS }, () => [unused.left, unused.right]);
    parts.forEach((part, i) => {
      const channel = this.channels[i]!;
      const isDrum = part.channel === DRUM_CHANNEL;
      const programs = bank.presets.filter((preset) => preset.isGMGSDrum === isDrum).map(({ program }) => program);
      const program = isDrum ? nearestKit(programs, part.program) : part.program;
      if (!programs.includes(program)) {
        throw new Error(`Sound bank ${name} has no preset for program ${program} (${part.name})`);
      }
      if (isDrum && channel !== DRUM_CHANNEL) this.synth.midiChannels[channel]!.setDrums(true);
      this.synth.programChange(channel, program);
      this.outputs[channel] = [buffers[i]!.left, buffers[i]!.right];
    });
  }

  play({ part, action, first, second }: SynthEvent): void {
    const channel = this.channels[part]!;
    if (action === 'on') this.synth.noteOn(channel, first, second);
    else if (action === 'off') this.synth.noteOff(channel, first);
    else if (action === 'bend') this.synth.pitchWheel(channel, second + 8192);
    else this.synth.controllerChange(channel, first as MIDIController, second);
  }

  /** Adds up to `BLOCK_FRAMES_MAX` frames to the parts' buffers, from `at`. */
  render(at: number, frames: number): void {
    const unused = this.outputs[0]!;
    this.synth.processSplit(this.outputs, unused[0]!, unused[1]!, at, frames);
  }
}

/** The first drum part has channel 9, the others have what is left of the sixteen, in order. */
function allocateChannels(parts: readonly Part[]): number[] {
  const drums = parts.findIndex((part) => part.channel === DRUM_CHANNEL);
  const free = Array.from({ length: CHANNELS }, (_, i) => i).filter((i) => i !== DRUM_CHANNEL);
  return parts.map((part, i) => {
    const channel = i === drums ? DRUM_CHANNEL : free.shift();
    if (channel === undefined) throw new Error(`There is no channel left for the part ${part.name}`);
    return channel;
  });
}

/** The kit itself, else the plain one of its family (kits come in eights), else the standard one. */
function nearestKit(programs: readonly number[], program: number): number {
  return [program, program & ~7].find((wanted) => programs.includes(wanted)) ?? 0;
}
