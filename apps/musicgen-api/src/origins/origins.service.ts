import { invalidFields, type FieldProblem } from '@musicgen/error-codes';
import type { GenerationRequest } from '@musicgen/platform-contracts';
import type { Owner } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import type { ModelDescription } from '../engines/engine';
import type { Generation, Origin } from '../generations/generation.entity';
import { GenerationsStore } from '../generations/generations.store';
import { extensionOf, variationOf } from './origin';

/** A request, and the earlier piece that it goes back to. */
interface Resolved {
  request: GenerationRequest;
  origin: Origin | null;
  problems: FieldProblem[];
}

/** Finds the piece that is to be varied or extended. What it was is taken over at once: it may be deleted before the job begins. */
@Injectable()
export class Origins {
  constructor(private readonly store: GenerationsStore) {}

  async resolve(owner: Owner, request: GenerationRequest, model: ModelDescription): Promise<Resolved> {
    const { variation_of: varied, extend_of: extended } = request;
    if (varied !== undefined && extended !== undefined) {
      throw invalidFields([{ path: 'extend_of', problem: 'cannot stand beside variation_of' }]);
    }
    if (varied !== undefined) return variationOf(await this.source(owner, 'variation_of', varied, model), request);
    if (extended !== undefined) return extensionOf(await this.source(owner, 'extend_of', extended, model), request);
    return { request, origin: null, problems: [] };
  }

  /** Its audio may have expired: it is composed again, not listened to. */
  private async source(owner: Owner, path: string, id: string, model: ModelDescription): Promise<Generation> {
    const source = await this.store.find(owner, id);
    if (!source) throw invalidFields([{ path, problem: 'names no generation of yours' }]);
    const problem = problemOf(source, model);
    if (problem) throw invalidFields([{ path, problem }]);
    return source;
  }
}

function problemOf({ status, model: madeBy, engineVersion }: Generation, model: ModelDescription): string | null {
  if (status !== 'succeeded' && status !== 'expired') return `is ${status}, and nothing came of it yet`;
  if (madeBy !== model.id) return `was made by ${madeBy}, not by ${model.id}`;
  if (composingVersion(engineVersion ?? '') !== composingVersion(model.version)) {
    return 'was made by another version of the engine, which composed otherwise';
  }
  return null;
}

/** What comes after the plus changes the sound, not the notes. */
const composingVersion = (version: string) => version.split('+')[0];
