// How much faster than it plays a piece is made: composed, rendered, mastered, written as WAV and MP3; warm, on one core.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { median } from './servers.mjs';

const seconds = 30;

export async function measure({ root }) {
  const file = path.join(root, 'dist/apps/musicgen-api/apps/musicgen-api/bench/generation.js');
  const { times, processStartMs } = JSON.parse(
    execFileSync('taskset', ['-c', '1', process.execPath, file, String(seconds), '8'])
      .toString()
      .trim()
      .split('\n')
      .at(-1),
  );
  const ms = median(times);
  return [
    {
      what: `a ${seconds} s piece, WAV and MP3, one core : real time`,
      ratio: Math.round((seconds * 10_000) / ms) / 10,
      baseline: `${seconds} s of music`,
      measured: `median ${Math.round(ms)} ms, slowest ${Math.round(Math.max(...times))} ms, first in the process ${Math.round(processStartMs)} ms`,
      target: 20,
    },
  ];
}
