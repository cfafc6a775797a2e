import { execFile, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const TIMEOUT_MS = 120_000;

/** Programs that are asked when they are there, and the package that has each. */
export const DEBIAN_TOOLS = {
  aubio: 'aubio-tools',
  bpm: 'bpm-tools',
  ffmpeg: 'ffmpeg',
  ffprobe: 'ffmpeg',
} as const;

export type DebianTool = keyof typeof DEBIAN_TOOLS;

/** Whether a program is on the path. */
export function hasTool(name: DebianTool): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function numberIn(text: string, pattern: RegExp): number | undefined {
  const value = Number(pattern.exec(text)?.[1]);
  return Number.isFinite(value) ? value : undefined;
}

/**
 * Tempo by aubio's beats, twice: from the median of their intervals, and as `aubio tempo` prints it, which calls the
 * mean of the rates a median and so lets a few stray beats pull it away.
 */
export async function aubioTempo(wav: string): Promise<{ median?: number; printed?: number }> {
  const { stdout } = await run('aubio', ['beat', wav], { timeout: TIMEOUT_MS });
  const beats = stdout.trim().split(/\s+/).map(Number);
  const rates = beats.slice(1).map((beat, i) => 60 / (beat - beats[i]!));
  if (rates.length < 2) return {};
  return {
    median: rates.toSorted((a, b) => a - b)[rates.length >> 1],
    printed: rates.reduce((sum, rate) => sum + rate, 0) / rates.length,
  };
}

/** Tempo by bpm-tools, over more than an octave so that every tempo has one there. */
export async function bpmToolsTempo(mono: Float32Array): Promise<number | undefined> {
  const child = spawn('bpm', ['-m', '70', '-x', '150'], { timeout: TIMEOUT_MS });
  let output = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  const ended = new Promise<void>((resolve, reject) => {
    child.on('close', () => resolve());
    child.on('error', reject);
  });
  // It may have heard enough before the end.
  child.stdin.on('error', () => undefined);
  child.stdin.end(Buffer.from(mono.buffer, mono.byteOffset, mono.byteLength));
  await ended;
  return numberIn(output, /([\d.]+)/);
}

/** Integrated loudness in LUFS and true peak in dBTP by ffmpeg's ebur128. */
export async function ffmpegLoudness(wav: string): Promise<{ loudness: number; truePeak: number } | undefined> {
  const filter = 'ebur128=peak=true:framelog=verbose';
  const args = ['-hide_banner', '-nostats', '-i', wav, '-filter_complex', filter, '-f', 'null', '-'];
  const { stderr } = await run('ffmpeg', args, { timeout: TIMEOUT_MS, maxBuffer: 1 << 26 });
  const summary = stderr.slice(stderr.lastIndexOf('Summary:'));
  const loudness = numberIn(summary, /I:\s+(-?[\d.]+) LUFS/);
  const peak = numberIn(summary, /Peak:\s+(-?[\d.]+) dBFS/);
  return loudness === undefined || peak === undefined ? undefined : { loudness, truePeak: peak };
}

/** Duration in seconds by ffprobe. */
export async function ffprobeDuration(file: string): Promise<number | undefined> {
  const args = ['-v', 'error', '-show_entries', 'format=duration', '-of', 'default=nw=1:nk=1', file];
  const { stdout } = await run('ffprobe', args, { timeout: TIMEOUT_MS });
  return numberIn(stdout, /([\d.]+)/);
}
