import { AppError } from '@musicgen/error-codes';
import { originOf, type Mode, type PlatformDefinition } from '@musicgen/platform-contracts';

const answerWithinMs = 10_000;
const bodyBytesMax = 1024 * 1024;

/** Where a request to a platform goes: a host by its name in the definition. */
export interface Target {
  platform: PlatformDefinition;
  host: string;
  mode: Mode;
  /** The credential's fields, for hosts that it names itself. */
  fields?: Readonly<Record<string, unknown>>;
}

export interface UpstreamAnswer {
  status: number;
  headers: Headers;
  body: string;
}

/**
 * The one place that knows where a platform is: its real origin in live mode, `SANDBOX_URL/<platform>/<host>` in test mode.
 * Nothing of a test credential ever reaches the real platform.
 */
export class Upstream {
  constructor(private readonly sandboxUrl: string | undefined) {}

  /** The origin, and in test mode the path before every other; without a slash at its end. Throws UPSTREAM_UNAVAILABLE. */
  base({ platform, host, mode, fields }: Target): string {
    if (mode === 'live') return originOf(platform, host, fields);
    if (!this.sandboxUrl) {
      throw new AppError('UPSTREAM_UNAVAILABLE', { details: 'Test mode needs the platform sandbox: set SANDBOX_URL' });
    }
    return `${this.sandboxUrl.replace(/\/$/, '')}/${platform.id}/${host}`;
  }

  /**
   * One request, one answer whatever its status, redirects not followed, at most 10 s and 1 MiB. Throws UPSTREAM_TIMEOUT,
   * or UPSTREAM_UNAVAILABLE when there was no whole answer; `data.reason` is `timeout` or `network_error`.
   */
  async ask(target: Target, path: string, request: RequestInit = {}): Promise<UpstreamAnswer> {
    const signals = [request.signal, AbortSignal.timeout(answerWithinMs)].filter((signal) => signal != null);
    try {
      const answer = await fetch(this.base(target) + path, {
        redirect: 'manual',
        ...request,
        signal: AbortSignal.any(signals),
      });
      return { status: answer.status, headers: answer.headers, body: await wholeBody(answer) };
    } catch (error) {
      if (error instanceof AppError) throw error;
      const isLate = error instanceof Error && error.name === 'TimeoutError';
      throw new AppError(isLate ? 'UPSTREAM_TIMEOUT' : 'UPSTREAM_UNAVAILABLE', {
        data: { platform: target.platform.id, reason: isLate ? 'timeout' : 'network_error' },
        cause: error,
      });
    }
  }
}

async function wholeBody(answer: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > bodyBytesMax) throw new Error(`The answer is longer than ${bodyBytesMax} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
