import type { ServiceDatabase } from '@musicgen/service-kit';
import { Artefact } from '../artefacts/artefact.entity';
import { GenerationEventRow } from '../generations/generation-event.entity';
import { Generation } from '../generations/generation.entity';
import { QuotaDay } from '../quota/quota-day.entity';
import { CreateGenerations1763640000000 } from './migrations/1763640000000-create-generations';
import { CreateJobs1763640000001 } from './migrations/1763640000001-create-jobs';
import { CreateEvents1763640000002 } from './migrations/1763640000002-create-events';
import { CreateGenerationEvents1763640000003 } from './migrations/1763640000003-create-generation-events';
import { KeepProvenanceExpireFiles1763640000004 } from './migrations/1763640000004-keep-provenance-expire-files';
import { CreateUserDeletions1763640000005 } from './migrations/1763640000005-create-user-deletions';

export const database: ServiceDatabase = {
  service: 'musicgen',
  entities: [Generation, GenerationEventRow, Artefact, QuotaDay],
  migrations: [
    CreateGenerations1763640000000,
    CreateJobs1763640000001,
    CreateEvents1763640000002,
    CreateGenerationEvents1763640000003,
    KeepProvenanceExpireFiles1763640000004,
    CreateUserDeletions1763640000005,
  ],
};
