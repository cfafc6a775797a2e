import { createHash, timingSafeEqual } from 'node:crypto';

/** What RFC 7636 section 4.1 allows as a verifier. */
const verifierForm = /^[A-Za-z0-9._~-]{43,128}$/;

/** Whether the verifier is the one that the challenge was made of (RFC 7636 section 4.6). */
export function isVerifierOf(challenge: string, method: string | null, verifier: string): boolean {
  if (!verifierForm.test(verifier)) return false;
  const expected = method === 'S256' ? createHash('sha256').update(verifier).digest('base64url') : verifier;
  const [a, b] = [Buffer.from(expected), Buffer.from(challenge)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Whether it can be a challenge: 32 bytes in base64url for S256. */
export const isChallenge = (challenge: string, method: string): boolean =>
  method === 'S256' ? /^[A-Za-z0-9_-]{43}$/.test(challenge) : verifierForm.test(challenge);
