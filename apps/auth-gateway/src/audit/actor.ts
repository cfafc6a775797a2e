import type { Principal } from '@musicgen/platform-contracts';
import type { Call } from '@musicgen/service-kit';
import type { FastifyRequest } from 'fastify';

/** Who causes something, as the record names him. */
export interface Actor {
  /** Null: nobody is known yet. */
  userId: string | null;
  keyId: string | null;
  sessionId: string | null;
  address: string;
  requestId: string;
}

export const actorOf = ({
  call: { principal, requestId },
  request,
}: {
  call: Pick<Call<Principal | undefined>, 'principal' | 'requestId'>;
  request: Pick<FastifyRequest, 'ip'>;
}): Actor => ({
  userId: principal?.user_id ?? null,
  keyId: principal?.key_id ?? null,
  sessionId: principal?.session_id ?? null,
  address: request.ip,
  requestId,
});
