import { AppError, invalidFields } from '@musicgen/error-codes';
import {
  id as idSchema,
  type createGeneration,
  type Generation as GenerationView,
  type listGenerationEvents,
  type listGenerations,
  type Principal,
  type RequestOf,
} from '@musicgen/platform-contracts';
import { JobQueue, pageRows, requirePermission, type Call, ownerOf } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { GenerationCancellations } from './generation-cancellations';
import { GenerationEventsStore } from './generation-events.store';
import { GenerationIntake } from './generation-intake';
import { summaryOf, viewOf } from './generation.view';
import { GenerationsStore } from './generations.store';

const cursorSchema = idSchema('gen').optional();

/** Takes requests for music, shows what became of them, stops and deletes them. */
@Injectable()
export class GenerationsService {
  constructor(
    private readonly intake: GenerationIntake,
    private readonly store: GenerationsStore,
    private readonly queue: JobQueue,
    private readonly cancellations: GenerationCancellations,
    private readonly events: GenerationEventsStore,
  ) {}

  async create(call: Call<Principal>, request: RequestOf<typeof createGeneration>): Promise<GenerationView> {
    requirePermission(call.principal, 'generate');
    await this.intake.accept(call, request);
    return this.get(call.principal, request.id);
  }

  async get(principal: Principal, id: string): Promise<GenerationView> {
    requirePermission(principal, 'generate');
    const generation = await this.store.findWithArtefacts(ownerOf(principal), id);
    if (!generation) throw new AppError('NOT_FOUND');
    return viewOf(generation, generation.status === 'queued' ? await this.queue.findQueuePosition(id) : null);
  }

  async listEvents(principal: Principal, { id, after }: RequestOf<typeof listGenerationEvents>) {
    requirePermission(principal, 'generate');
    const page = await this.events.list(ownerOf(principal), id, after);
    if (!page) throw new AppError('NOT_FOUND');
    return { data: page.events, is_over: page.isOver };
  }

  async list(principal: Principal, request: RequestOf<typeof listGenerations>) {
    requirePermission(principal, 'generate');
    if (!cursorSchema.safeParse(request.cursor).success) {
      throw invalidFields([{ path: 'cursor', problem: 'must be the next_cursor of a page' }]);
    }
    return pageRows(await this.store.list(ownerOf(principal), request), request.limit, summaryOf);
  }

  async cancel(principal: Principal, id: string): Promise<GenerationView> {
    requirePermission(principal, 'generate');
    await this.cancellations.cancel(ownerOf(principal), id);
    return this.get(principal, id);
  }

  async delete(principal: Principal, id: string): Promise<void> {
    requirePermission(principal, 'generate');
    await this.cancellations.delete(ownerOf(principal), id);
  }
}
