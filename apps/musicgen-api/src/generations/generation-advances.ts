import type { Owner } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import type { Attempt } from '../artefacts/artefact-files';
import { GenerationAnnouncements } from './generation-announcements';
import { GenerationEventsStore } from './generation-events.store';
import { advanced, heard, statusEvent, type NewEvent, type PreviewStep, type Step } from './generation-progress';
import { statusesBefore } from './generation-status';
import type { Generation } from './generation.entity';
import { GenerationsStore, type Changeable } from './generations.store';

/** What a worker tells of a generation while it makes it: change and events are one transaction, and then announced. */
@Injectable()
export class GenerationAdvances {
  constructor(
    private readonly store: GenerationsStore,
    private readonly events: GenerationEventsStore,
    private readonly announcements: GenerationAnnouncements,
  ) {}

  /** A worker begins: it is composing, unless an earlier try has come further. Null if it was deleted or has ended. */
  begin(owner: Owner, { generationId, attempt }: Attempt): Promise<Generation | null> {
    return this.change(owner, generationId, (now) => {
      const isFirst = statusesBefore('composing').includes(now.status);
      // The pieces of an earlier start are gone with it.
      const preview = now.preview && { ...now.preview, attempt, pieces: 0 };
      return {
        change: { startedAt: now.startedAt ?? new Date(), preview, ...(isFirst && { status: 'composing' }) },
        events: isFirst ? [statusEvent('composing')] : [],
      };
    });
  }

  async advance(owner: Owner, id: string, steps: Step[]): Promise<void> {
    await this.change(owner, id, (now) => {
      const { events, ...change } = advanced(now, steps);
      return { change, events };
    });
  }

  async hear(owner: Owner, { generationId, attempt }: Attempt, pieces: PreviewStep[]): Promise<void> {
    await this.change(owner, generationId, (now) => {
      const { events, preview } = heard(now.preview, attempt, pieces);
      return { change: { preview }, events };
    });
  }

  private async change(
    owner: Owner,
    id: string,
    decide: (now: Generation) => { change: Changeable; events: NewEvent[] },
  ): Promise<Generation | null> {
    const changed = await this.store.transaction(async (tx) => {
      const now = await this.store.lockUnfinished(tx, owner, id);
      if (!now) return null;
      const { change, events } = decide(now);
      await this.store.update(tx, owner, id, change);
      await this.events.append(tx, owner, id, events);
      return { now: { ...now, ...change }, isNews: events.length > 0 };
    });
    if (changed?.isNews) this.announcements.announce(id);
    return changed?.now ?? null;
  }
}
