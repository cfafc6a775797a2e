import type { PreviewPiece } from '../engines/engine';
import type { PreviewStep } from '../generations/generation-progress';

interface Listener {
  put(piece: PreviewPiece): Promise<void>;
  announce(pieces: PreviewStep[]): Promise<void>;
}

/** Stores the pieces of a preview in their order; those that come while others are stored are announced together. */
export class PreviewWriter {
  private waiting: PreviewPiece[] = [];
  private working?: Promise<void>;
  private seconds = 0;

  constructor(private readonly listener: Listener) {}

  readonly hear = (piece: PreviewPiece): void => {
    this.waiting.push(piece);
    this.work();
  };

  /** Waits until all is stored and announced. False when something could not be: what is there stops in the middle. */
  async finish(): Promise<boolean> {
    return (this.working ?? Promise.resolve()).then(
      () => true,
      () => false,
    );
  }

  /** What waits is forgotten; afterwards nothing more is written. */
  async stop(): Promise<void> {
    this.waiting = [];
    await this.working?.catch(() => undefined);
  }

  /** After a failure nothing more is taken: there would be a gap. */
  private work(): void {
    this.working ??= this.writeAll().then(() => (this.working = undefined));
    this.working.catch(() => undefined);
  }

  private async writeAll(): Promise<void> {
    while (this.waiting.length > 0) {
      const steps: PreviewStep[] = [];
      for (const piece of this.waiting.splice(0)) {
        await this.listener.put(piece);
        steps.push({ index: piece.index, seconds: (this.seconds += piece.seconds) });
      }
      await this.listener.announce(steps);
    }
  }
}
