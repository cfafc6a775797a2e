import type { GenerationEvent } from '@musicgen/platform-contracts';
import type { Owner } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { NewEvent } from './generation-progress';

interface EventRow {
  last_event: number;
  is_over: boolean;
  number: number | null;
  type: GenerationEvent['type'];
  data: unknown;
}

const pageSize = 200;

/** The events of generations in Postgres. Every question names the owner and the mode. */
@Injectable()
export class GenerationEventsStore {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Numbers the events in the transaction of the change that they tell of. The generation's row is locked until the commit,
   * so that nobody sees a number before those below it.
   */
  async append(tx: EntityManager, { userId, mode }: Owner, id: string, events: NewEvent[]): Promise<void> {
    if (events.length === 0) return;
    await tx.query(
      `WITH numbered AS (
         UPDATE generations SET last_event = last_event + $4
         WHERE id = $1 AND user_id = $2 AND mode = $3 RETURNING last_event
       )
       INSERT INTO generation_events (generation_id, number, user_id, mode, type, data)
       SELECT $1, last_event - $4 + event.place, $2, $3, event.value->>'type', event.value->'data'
       FROM numbered, jsonb_array_elements($5) WITH ORDINALITY AS event (value, place)`,
      [id, userId, mode, events.length, JSON.stringify(events)],
    );
  }

  /** What came after an event; all of it, if there is no such event. Null without such a generation. */
  async list({ userId, mode }: Owner, id: string, after: number) {
    const rows: EventRow[] = await this.dataSource.query(
      `SELECT g.last_event, g.finished_at IS NOT NULL AS is_over, e.number, e.type, e.data
       FROM generations g LEFT JOIN LATERAL (
         SELECT number, type, data FROM generation_events
         WHERE generation_id = g.id AND number > CASE WHEN $4 > g.last_event THEN 0 ELSE $4 END
         ORDER BY number LIMIT ${pageSize}
       ) e ON true
       WHERE g.id = $1 AND g.user_id = $2 AND g.mode = $3 ORDER BY e.number`,
      [id, userId, mode, after],
    );
    const [first] = rows;
    if (!first) return null;
    const events = rows
      .filter((row) => row.number !== null)
      .map(({ number, type, data }) => ({ number, type, data }) as GenerationEvent);
    const last = events.at(-1)?.number ?? Math.min(after, first.last_event);
    return { events, isOver: first.is_over && last === first.last_event };
  }
}
