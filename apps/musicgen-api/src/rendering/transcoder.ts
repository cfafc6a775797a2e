import { AppError } from '@musicgen/error-codes';
import { fork } from 'node:child_process';
import path from 'node:path';
import type { Artefact, AudioFormat } from '../engines/engine';

/** From one file to another. */
export interface Transcoding {
  /** A 24-bit WAV file. */
  master: string;
  path: string;
  format: AudioFormat;
}

const atOnceMax = 2;
const waitingMax = 32;
const limitMs = 120_000;

/** Makes other formats of a master, in processes of their own: neither calls nor renders wait for it. */
export class Transcoder {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly entry = path.join(__dirname, 'transcode-process.js')) {}

  /** SERVICE_UNAVAILABLE when too many wait already. */
  async transcode(task: Transcoding): Promise<Artefact> {
    await this.turn();
    try {
      return await run(this.entry, task);
    } finally {
      this.running -= 1;
      this.waiting.shift()?.();
    }
  }

  private async turn(): Promise<void> {
    if (this.running >= atOnceMax) {
      if (this.waiting.length >= waitingMax) {
        throw new AppError('SERVICE_UNAVAILABLE', { details: 'Too many files are being made', retryAfterSeconds: 10 });
      }
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    this.running += 1;
  }
}

function run(entry: string, task: Transcoding): Promise<Artefact> {
  return new Promise((resolve, reject) => {
    const child = fork(entry, [JSON.stringify(task)], { env: {}, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
    let made: Artefact | undefined;
    let lastWords = '';
    child.stderr?.on('data', (text: Buffer) => (lastWords = (lastWords + text).slice(-2_000)));
    child.on('message', (artefact) => (made = artefact as Artefact));
    child.on('error', reject);
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      if (made && status === 0) resolve(made);
      else reject(new Error(`no ${task.format} could be made (${signal ?? `exit status ${status}`}) ${lastWords}`));
    });
  });
}
