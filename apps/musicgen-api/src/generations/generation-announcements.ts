import { generationProgressed } from '@musicgen/platform-contracts';
import { LiveEvents } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';

/** Tells those who follow a generation that it has new events; to be called after their commit. */
@Injectable()
export class GenerationAnnouncements {
  constructor(private readonly live: LiveEvents) {}

  announce(id: string): void {
    this.live.publish(generationProgressed, { generation_id: id });
  }
}
