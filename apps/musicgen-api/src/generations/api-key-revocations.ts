import { apiKeyRevoked } from '@musicgen/platform-contracts';
import { EventConsumer } from '@musicgen/service-kit';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { GenerationCancellations } from './generation-cancellations';

/** A revoked key's queued generations are cancelled; doing it twice changes nothing. */
@Injectable()
export class ApiKeyRevocations implements OnApplicationBootstrap {
  constructor(
    private readonly events: EventConsumer,
    private readonly cancellations: GenerationCancellations,
  ) {}

  onApplicationBootstrap(): void {
    this.events.subscribe(apiKeyRevoked, (_tx, { key_id: keyId, user_id: userId, mode }) =>
      this.cancellations.cancelQueuedOfKey({ userId, mode }, keyId),
    );
  }
}
