import { html, type Answer } from '../http/answer';
import type { Call } from '../http/call';
import type { SandboxPlatform } from '../platform';
import type { World } from '../state/world';
import type { Fault } from './fault';

/** Those that spoil the answer to something that was done; all others are usually said instead of doing it. */
const spoilers: readonly string[] = ['cut_body', 'slow', 'malformed_json', 'empty_body'];

/** Whether the platform does what was asked for under this fault. */
export const isProcessedUnder = (fault: Fault): boolean =>
  fault.failure === 'slow' || (fault.when ?? (spoilers.includes(fault.failure) ? 'after' : 'before')) === 'after';

/** What is said under a fault. `answer`: what the platform would have said, where it was asked. */
export function faultyAnswer(
  fault: Fault,
  answer: Answer | undefined,
  call: Call,
  platform: SandboxPlatform,
  world: World,
): Answer {
  const faulty = failed(fault, answer ?? nothing, call, platform, world);
  const retryAfter = fault.retryAfter;
  if (retryAfter === undefined) return faulty;
  const { 'retry-after': _, ...headers } = faulty.headers;
  const value = retryAfter === null ? undefined : retryAfterText(retryAfter, world.clock.now());
  return { ...faulty, headers: { ...headers, ...(value !== undefined && { 'retry-after': value }) } };
}

const nothing: Answer = { status: 200, headers: { 'content-type': 'application/json' }, body: '' };

function failed(fault: Fault, answer: Answer, call: Call, platform: SandboxPlatform, world: World): Answer {
  switch (fault.failure) {
    case 'slow':
    case 'hold':
      return answer;
    case 'cut':
      return { ...answer, delivery: { cut: 'connection' } };
    case 'cut_body':
      return { ...answer, delivery: { cut: 'body' } };
    case 'hang':
      return { ...answer, delivery: { hangs: true } };
    case 'html_error':
      return html(fault.status ?? 502, `${fault.status ?? 502} Bad Gateway`, '<hr><center>proxy</center>');
    case 'malformed_json':
      return { ...answer, body: answer.body.slice(0, Math.max(1, Math.floor(answer.body.length / 2))) || '{' };
    case 'empty_body':
      return { ...answer, status: fault.status ?? answer.status, body: '' };
    case 'custom':
      return { status: fault.status ?? 500, headers: fault.headers ?? {}, body: fault.body ?? '' };
    default:
      return ownFailure(fault, answer, call, platform, world);
  }
}

function ownFailure(fault: Fault, answer: Answer, call: Call, platform: SandboxPlatform, world: World): Answer {
  const own = platform.failures[fault.failure]?.answer(call, world) ?? answer;
  return { ...own, status: fault.status ?? own.status, headers: { ...own.headers, ...fault.headers } };
}

function retryAfterText(retryAfter: number | string, now: number): string {
  const seconds = /^date:(-?\d+)$/.exec(String(retryAfter))?.[1];
  return seconds === undefined ? String(retryAfter) : new Date(now + Number(seconds) * 1000).toUTCString();
}
