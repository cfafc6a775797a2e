import type { Principal } from '@musicgen/platform-contracts';
import { insertNew } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, LessThan, MoreThan, type FindOptionsWhere } from 'typeorm';
import { OAuthFlow } from './oauth-flow.entity';

/** Flows in Postgres. To find one is to take it: of two that come with the same state, one finds nothing. */
@Injectable()
export class OAuthFlowsStore {
  constructor(private readonly dataSource: DataSource) {}

  /** False if somebody else, or another credential, has a flow with this state. The same credential's is replaced. */
  async insert(flow: OAuthFlow): Promise<boolean> {
    return this.dataSource.transaction(async (tx) => {
      await tx.delete(OAuthFlow, { expiresAt: LessThan(new Date()) });
      const { stateHash, userId, mode, credentialId } = flow;
      await tx.delete(OAuthFlow, { stateHash, userId, mode, credentialId });
      return insertNew(tx, OAuthFlow, flow);
    });
  }

  /** For the platform's callback, which comes with nobody's credentials: state and browser say whose it is. */
  takeForCallback(
    platform: string,
    stateHash: string,
    isBrowser: (hash: string) => boolean,
  ): Promise<OAuthFlow | null> {
    return this.take({ stateHash, platform, isCallbackAllowed: true }, isBrowser);
  }

  takeForUser(principal: Principal, credentialId: string, stateHash: string): Promise<OAuthFlow | null> {
    return this.take({ stateHash, credentialId, userId: principal.user_id, mode: principal.mode }, () => true);
  }

  private take(where: FindOptionsWhere<OAuthFlow>, isBrowser: (hash: string) => boolean): Promise<OAuthFlow | null> {
    return this.dataSource.transaction(async (tx) => {
      const flow = await tx.findOne(OAuthFlow, {
        where: { ...where, expiresAt: MoreThan(new Date()) },
        lock: { mode: 'pessimistic_write' },
      });
      if (!flow || (flow.browserHash !== null && !isBrowser(flow.browserHash))) return null;
      await tx.delete(OAuthFlow, { stateHash: flow.stateHash });
      return flow;
    });
  }
}
