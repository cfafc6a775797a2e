/** A request as it came in. */
export interface RawRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /** Whether it came over https. */
  readonly isEncrypted?: boolean;
}

/** Where a request goes: which platform, which of its hosts, and what is left of the path there. */
export interface Target {
  readonly platform: string;
  readonly host: string;
  readonly path: string;
  /** Where the host's real name was used: its region. */
  readonly region?: string;
}

/** A request to a platform, read in the ways platforms read requests. */
export class Call {
  readonly method: string;
  readonly query: URLSearchParams;
  /** The named parts of the route's path. */
  params: Readonly<Record<string, string>> = {};

  constructor(
    private readonly request: RawRequest,
    readonly target: Target,
  ) {
    this.method = request.method;
    this.query = new URLSearchParams(request.url.split('?').slice(1).join('?'));
  }

  get path(): string {
    return this.target.path;
  }

  get body(): Buffer {
    return this.request.body;
  }

  /** Where this host is for the caller, without a slash at the end: links in answers start with it. */
  get base(): string {
    const scheme = this.request.isEncrypted ? 'https' : 'http';
    return `${scheme}://${this.header('host') ?? '127.0.0.1'}/${this.target.platform}/${this.target.host}`;
  }

  header(name: string): string | undefined {
    return [this.request.headers[name]].flat()[0];
  }

  param(name: string): string {
    return this.params[name] ?? '';
  }

  /** A list in the query, with commas or as a parameter that is repeated, as clients made from specifications do. */
  list(name: string): string[] {
    return this.query.getAll(name).flatMap((values) => values.split(',').filter(Boolean));
  }

  isForm(): boolean {
    return (this.header('content-type') ?? '').startsWith('application/x-www-form-urlencoded');
  }

  /** A form's fields; none where the body is something else. */
  form(): URLSearchParams {
    return new URLSearchParams(this.isForm() ? this.body.toString('utf8') : '');
  }

  /** The fields of a multipart form; undefined where the body is none. */
  async multipart(): Promise<FormData | undefined> {
    const contentType = this.header('content-type') ?? '';
    if (!contentType.startsWith('multipart/form-data')) return undefined;
    try {
      return await new Response(nameFiles(this.body), { headers: { 'content-type': contentType } }).formData();
    } catch {
      return undefined;
    }
  }

  /** The JSON object in the body; undefined where there is none. */
  json(): Record<string, unknown> | undefined {
    try {
      const value: unknown = JSON.parse(this.body.toString('utf8'));
      return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
    } catch {
      return undefined;
    }
  }

  bearer(): string | undefined {
    return /^Bearer\s+(\S+)$/i.exec(this.header('authorization') ?? '')?.[1];
  }

  /** Id and secret as they are: no platform here is known to undo RFC 6749's percent-encoding. */
  basic(): { id: string; secret: string } | undefined {
    const encoded = /^Basic\s+(\S+)$/i.exec(this.header('authorization') ?? '')?.[1];
    if (!encoded) return undefined;
    const [id = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
    return { id, secret: rest.join(':') };
  }

  cookie(name: string): string | undefined {
    const pairs = (this.header('cookie') ?? '').split(';').map((pair) => pair.trim().split('='));
    return pairs.find(([key]) => key === name)?.[1];
  }

  /** A whole number of the query within bounds; `undefined` where it is none. */
  integer(name: string, fallback: number, { min, max }: { min: number; max: number }): number | undefined {
    const value = this.query.get(name);
    if (value === null) return fallback;
    const number = Number(value);
    return /^-?\d+$/.test(value) && number >= min && number <= max ? number : undefined;
  }
}

/** A part with a type of its own is a file, also where its sender, such as the npm library `acrcloud`, gave it no name. */
function nameFiles(body: Buffer): Uint8Array<ArrayBuffer> {
  const unnamed = /(content-disposition: form-data; name="([^"\r\n]*)")(\r\ncontent-type:)/gi;
  return new Uint8Array(Buffer.from(body.toString('latin1').replace(unnamed, '$1; filename="$2"$3'), 'latin1'));
}
