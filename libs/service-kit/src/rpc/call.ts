import { AppError } from '@musicgen/error-codes';
import type { Principal, ServiceName } from '@musicgen/platform-contracts';
import type { MsgHdrs } from 'nats';
import { newId } from '../ids';
import { headerOf, headersOf } from '../nats/headers';
import { takeRandomHex } from '../random';
import { readPrincipal } from './principals';

/** What travels with a request from service to service: who asks, which request it belongs to, until when. */
export interface Call<P extends Principal | undefined = Principal | undefined> {
  readonly principal: P;
  readonly requestId: string;
  /** W3C trace context, as the header `traceparent` carries it. */
  readonly traceparent: string;
  /** Milliseconds since the epoch; nobody waits for an answer after it. */
  readonly deadline: number;
  /** The service that asks; absent in what a service does by itself. */
  readonly caller?: ServiceName;
}

/** A call made by the service itself: a job, a timer, a start. */
export const newCall = (principal?: Principal, timeoutMs = 30_000): Call => ({
  principal,
  requestId: newId('req'),
  traceparent: newTraceparent(),
  deadline: Date.now() + timeoutMs,
});

/** The start of a trace (W3C Trace Context, version 00, sampled). */
export const newTraceparent = (): string => `00-${takeRandomHex(16)}-${takeRandomHex(8)}-01`;

/** The same trace, with a span of ours. */
const nextSpan = (traceparent: string): string =>
  `${traceparent.slice(0, 36)}${takeRandomHex(8)}${traceparent.slice(52)}`;

/** Throws unless the principal has the permission; a second check behind the gateway's. */
export function requirePermission(principal: Principal, permission: Principal['permissions'][number]): void {
  if (!principal.permissions.includes(permission)) {
    throw new AppError('INSUFFICIENT_PERMISSIONS', { details: `This needs the permission ${permission}` });
  }
}

/** Throws unless the principal is an administrator who has signed in by password; a second check behind the gateway's. */
export function requireAdmin({ role, method }: Principal): void {
  if (role !== 'admin' || (method !== 'password' && method !== 'cookie')) {
    throw new AppError('INSUFFICIENT_PERMISSIONS', { details: 'This needs the role admin' });
  }
}

/** The fields of a log line that belong to a call. */
export const callFields = (call: Call) => ({
  request_id: call.requestId,
  user_id: call.principal?.user_id,
  key_id: call.principal?.key_id,
  trace_id: call.traceparent.slice(3, 35),
});

export function writeCall(call: Call, deadline: number): MsgHdrs {
  return headersOf({
    'request-id': call.requestId,
    traceparent: call.traceparent,
    deadline: String(deadline),
    ...(call.principal && { principal: JSON.stringify(call.principal) }),
  });
}

const requestIdForm = /^[A-Za-z0-9_-]{8,64}$/;
const traceparentForm = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

export const isRequestId = (text: string): boolean => requestIdForm.test(text);
export const isTraceparent = (text: string): boolean => traceparentForm.test(text);

/**
 * Reads the header block of a message. Anything missing or malformed is the caller's mistake: VALIDATION_FAILED. Only a trace
 * that cannot be read starts anew, as W3C Trace Context asks for.
 */
export function readCall(headers: string, caller?: ServiceName): Call {
  const requestId = headerOf(headers, 'request-id');
  const deadline = Number(headerOf(headers, 'deadline'));
  const traceparent = headerOf(headers, 'traceparent');
  if (!isRequestId(requestId)) throw malformed('request-id');
  if (!Number.isFinite(deadline) || deadline <= 0) throw malformed('deadline');
  return {
    requestId,
    deadline,
    traceparent: isTraceparent(traceparent) ? nextSpan(traceparent) : newTraceparent(),
    principal: principalOf(headerOf(headers, 'principal')),
    caller,
  };
}

function principalOf(text: string): Principal | undefined {
  if (!text) return undefined;
  try {
    return readPrincipal(text);
  } catch {
    throw malformed('principal');
  }
}

const malformed = (header: string) =>
  new AppError('VALIDATION_FAILED', {
    details: `The message's header ${header} is missing or malformed`,
    data: { fields: [{ path: `header:${header}`, problem: 'missing or malformed' }] },
  });
