import type { GenerationEvent, GenerationStatus, Mode } from '@musicgen/platform-contracts';

/** What a user asked for and was promised. */
export interface Asked {
  id: string;
  userId: string;
  mode: Mode;
}

export interface StoredGeneration extends Asked {
  status: GenerationStatus;
  quota: 'none' | 'reserved' | 'spent' | 'released';
  lastEvent: number;
  preview: { attempt: number } | null;
}

export interface StoredArtefact {
  generationId: string;
  key: string;
  bytes: number;
  sha256: string;
}

export interface StoredJob {
  generationId: string;
  state: string;
  attempts: number;
}

export interface QuotaDay {
  userId: string;
  mode: Mode;
  reserved: number;
}

/** An event of the durable stream that tells of a generation. */
export interface Published {
  id: string;
  subject: string;
  generationId: string;
}

export interface StoredFile {
  key: string;
  bytes: number;
  sha256: string;
}

/** Everything that is left of a run: what the database, the stream and the storage say, and what users were told. */
export interface History {
  asked: Asked[];
  generations: StoredGeneration[];
  /** By generation, in the order of their numbers. */
  events: Map<string, GenerationEvent[]>;
  /** What a user saw of it meanwhile, piece by piece. */
  followed: Map<string, GenerationEvent[]>;
  jobs: StoredJob[];
  quotaDays: QuotaDay[];
  artefacts: StoredArtefact[];
  files: StoredFile[];
  published: Published[];
  /** Events that have not left yet. */
  waitingEvents: number;
}
