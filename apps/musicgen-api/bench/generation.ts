/** `generation.js <seconds> <pieces>`: makes pieces in several genres one after the other, and prints the milliseconds of each as JSON. */
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { engines } from '../src/engines/registry';

const [seconds, pieces] = process.argv.slice(2).map(Number) as [number, number];
const prompts = ['upbeat jazz with saxophone', 'techno at 130 bpm', 'pop song in C major', 'slow blues', 'house'];

async function main() {
  const engine = engines.composer!.create({});
  await engine.describe();
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'musicgen-bench-'));
  const make = async (index: number) => {
    const started = performance.now();
    const request = {
      id: 'gen_01M7WR7MKC47J3Q578B6Z8MXJN',
      model: 'composer-1',
      prompt: prompts[index % prompts.length]!,
      duration: seconds,
      seed: index,
      formats: ['wav' as const, 'mp3' as const],
    };
    await engine.render(request, folder, new AbortController().signal, () => undefined);
    return performance.now() - started;
  };
  const processStartMs = await make(0);
  const times: number[] = [];
  for (let index = 1; index <= pieces; index++) times.push(await make(index));
  await fs.rm(folder, { recursive: true });
  process.stdout.write(`${JSON.stringify({ times, processStartMs })}\n`);
}

void main();
