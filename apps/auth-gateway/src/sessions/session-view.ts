import type { Session } from './session.entity';

/** A session as its user sees it. */
export const sessionView = (session: Session, currentId: string | undefined) => ({
  id: session.id,
  mode: session.mode,
  method: methodOf(session),
  key_id: session.keyId,
  device: session.device,
  address: session.address,
  created_at: session.createdAt.toISOString(),
  last_used_at: session.lastUsedAt.toISOString(),
  is_current: session.id === currentId,
});

function methodOf({ keyId, cookieHash }: Session) {
  if (keyId !== null) return 'key_session' as const;
  return cookieHash !== null ? ('cookie' as const) : ('password' as const);
}
