import { AppError } from '@musicgen/error-codes';
import { fork, type ChildProcess } from 'node:child_process';
import type { ModelDescription, PreviewPiece, RenderProgress, RenderRequest, RenderResult } from '../engines/engine';
import type { FromRenderProcess, RenderSettings, ToRenderProcess } from './render-messages';

/** To start another process takes about as long. */
const usualObeyWithinMs = 2_000;
const lastWordsMax = 2_000;

/** One piece of work for a render process. */
export interface RenderTask {
  request: RenderRequest;
  /** Exists; the artefacts are written here. */
  folder: string;
  /** Beyond it the process is thought to hang. */
  limitMs: number;
  onProgress: (progress: RenderProgress) => void;
  onPreview?: (piece: PreviewPiece) => void;
}

/** The service's end of one render process. It knows no secret of the service: its environment is empty. */
export class RenderChild {
  readonly ready: Promise<ModelDescription[]>;
  readonly exited: Promise<void>;
  private lastWords = '';
  /** Whoever waits for something of the process: its start, then one render at a time. */
  private waiting?: { hear: (message: FromRenderProcess) => void; lose: () => void };

  private constructor(
    private readonly child: ChildProcess,
    private readonly obeyWithinMs: number,
  ) {
    this.exited = new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.on('error', (error) => {
        this.lastWords += error.message;
        if (child.pid === undefined) resolve();
      });
    });
    this.ready = new Promise((resolve, reject) => {
      this.waiting = {
        hear: (message) => message.type === 'ready' && resolve(message.models),
        lose: () => reject(this.ended()),
      };
    });
    this.ready.catch(() => undefined);
    void this.exited.then(() => this.waiting?.lose());
    child.on('message', (message) => this.waiting?.hear(message as FromRenderProcess));
    child.stderr?.on('data', (text: Buffer) => (this.lastWords = (this.lastWords + text).slice(-lastWordsMax)));
  }

  /** A process that is told to stop and has not obeyed within `obeyWithinMs` is killed. */
  static start(entry: string, settings: RenderSettings, obeyWithinMs = usualObeyWithinMs): RenderChild {
    const stdio = ['ignore', 'ignore', 'pipe', 'ipc'] as const;
    return new RenderChild(
      fork(entry, [JSON.stringify(settings)], { env: {}, stdio: [...stdio], serialization: 'advanced' }),
      obeyWithinMs,
    );
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  /** Settles when the process is free again, or dead if it did not obey; rejects with the signal's reason when aborted. */
  render({ request, folder, limitMs, onProgress, onPreview }: RenderTask, signal: AbortSignal): Promise<RenderResult> {
    return new Promise<RenderResult>((resolve, reject) => {
      let isOverdue = false;
      const timers: NodeJS.Timeout[] = [];
      const finish = (settle: () => void) => {
        timers.forEach(clearTimeout);
        signal.removeEventListener('abort', cancel);
        this.waiting = undefined;
        settle();
      };
      const fail = (error: Error) => finish(() => reject(signal.aborted ? signal.reason : error));
      const cancel = () => {
        this.tell({ type: 'cancel' });
        timers.push(setTimeout(() => this.kill(), this.obeyWithinMs));
      };
      timers.push(setTimeout(() => ((isOverdue = true), this.kill()), limitMs));
      signal.addEventListener('abort', cancel);
      this.waiting = {
        hear: (message) => {
          if (message.type === 'progress') onProgress(message.progress);
          if (message.type === 'preview') onPreview?.(message.piece);
          if (message.type === 'done') finish(() => resolve(message.result));
          if (message.type === 'failed') fail(new Error(message.problem));
        },
        lose: () => fail(isOverdue ? overdue(limitMs) : this.ended()),
      };
      this.tell({ type: 'render', request, folder });
      if (signal.aborted) cancel();
    });
  }

  private tell(message: ToRenderProcess): void {
    // A process that is going away is noticed by its exit.
    if (this.child.connected) this.child.send(message, () => undefined);
  }

  private ended(): Error {
    const how = this.child.signalCode ?? `exit status ${this.child.exitCode}`;
    return new Error(`the render process ended (${how}) ${this.lastWords}`.trim());
  }
}

const overdue = (limitMs: number) =>
  new AppError('TIMEOUT', { details: `Rendering took longer than ${Math.round(limitMs / 1_000)} s` });
