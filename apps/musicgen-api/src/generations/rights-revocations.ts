import { apiKeyRevoked, sessionRevoked } from '@musicgen/platform-contracts';
import { EventConsumer } from '@musicgen/service-kit';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { GenerationCancellations } from './generation-cancellations';

/** The queued generations of a revoked key, or of a session that has ended, are cancelled; doing it twice changes nothing. */
@Injectable()
export class RightsRevocations implements OnApplicationBootstrap {
  constructor(
    private readonly events: EventConsumer,
    private readonly cancellations: GenerationCancellations,
  ) {}

  onApplicationBootstrap(): void {
    this.events.subscribe(apiKeyRevoked, (_tx, { key_id: keyId, user_id: userId, mode }) =>
      this.cancellations.cancelQueuedOfKey({ userId, mode }, keyId),
    );
    this.events.subscribe(sessionRevoked, (_tx, { session_id: sessionId, user_id: userId, mode }) =>
      this.cancellations.cancelQueuedOfSession({ userId, mode }, sessionId),
    );
  }
}
