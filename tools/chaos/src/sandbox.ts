/** A request that a platform was asked, as the sandbox's journal has it. */
export interface AskedRequest {
  path: string;
  is_processed: boolean;
}

export interface MintedTokens {
  access_token: string;
  refresh_token: string;
  expires_at: string;
}

/** An app at a platform. */
export interface PlatformApp {
  client_id: string;
  client_secret: string;
}

export type Sandbox = ReturnType<typeof sandboxAt>;

/** The control API of a running sandbox. */
export function sandboxAt(url: string) {
  const control = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const answer = await fetch(`${url}/_sandbox${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text) as T;
  };
  return {
    url,
    register: (platform: string, settings: object) => control<PlatformApp>('POST', '/clients', { platform, settings }),
    mint: (platform: string, { client_id: client }: PlatformApp) =>
      control<MintedTokens>('POST', '/tokens', { platform, client, user: 'ada' }),
    fail: (fault: object) => control<{ id: string }>('POST', '/faults', fault),
    fault: (id: string) => control<{ held: number }>('GET', `/faults/${id}`),
    heal: (id: string) => control<object>('DELETE', `/faults/${id}`),
    advance: (ms: number) => control<object>('POST', '/clock', { advance: ms / 1_000 }),
    async count(filter: Record<string, string>): Promise<number> {
      const query = new URLSearchParams({ ...filter, limit: '1' });
      return (await control<{ count: number }>('GET', `/requests?${query}`)).count;
    },
    async requests(filter: Record<string, string>): Promise<AskedRequest[]> {
      const query = new URLSearchParams(filter);
      return (await control<{ requests: AskedRequest[] }>('GET', `/requests?${query}`)).requests;
    },
  };
}
