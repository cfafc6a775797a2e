// How much faster than it plays a piece is made: composed, rendered, mastered, written as WAV and MP3; warm, on one core.
import { execFileSync } from 'node:child_process';
import path from 'node:path';

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
  const sorted = times.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  return [
    {
      what: `a ${seconds} s piece, WAV and MP3, one core : real time`,
      ratio: Math.round((seconds * 10_000) / median) / 10,
      baseline: `${seconds} s of music`,
      measured: `median ${Math.round(median)} ms, slowest ${Math.round(sorted.at(-1))} ms, first in the process ${Math.round(processStartMs)} ms`,
      target: 20,
    },
  ];
}
