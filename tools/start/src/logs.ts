import { logTail } from '@musicgen/embedded';
import fs from 'node:fs';
import path from 'node:path';
import { prettyFactory } from 'pino-pretty';

const colours = [36, 35, 32, 33, 34, 96, 95, 92];

export interface LogsOptions {
  folder: string;
  /** Lines go there, readable. */
  terminal: NodeJS.WritableStream & { isTTY?: boolean };
  /** A log file cannot be written, as on a full disk. */
  onError: (err: Error) => void;
}

/** What the processes say: everything in `<folder>/<name>.log`, as it came; the services' also on the terminal, readable. */
export class Logs {
  private readonly names = new Set<string>();
  private readonly streams = new Map<string, fs.WriteStream>();
  private readonly pretty;

  constructor(private readonly options: LogsOptions) {
    fs.mkdirSync(options.folder, { recursive: true, mode: 0o700 });
    this.pretty = prettyFactory({
      colorize: options.terminal.isTTY === true,
      ignore: 'pid,hostname,service',
      singleLine: true,
      translateTime: 'SYS:HH:MM:ss.l',
    });
  }

  /** The log file of a process; what the last start wrote there is put aside as `<name>.1.log`. */
  file(name: string): string {
    const file = path.join(this.options.folder, `${name}.log`);
    if (!this.names.has(name)) {
      this.names.add(name);
      if (fs.existsSync(file)) fs.renameSync(file, path.join(this.options.folder, `${name}.1.log`));
    }
    return file;
  }

  /** One line that a service printed. */
  line(name: string, line: string): void {
    this.stream(name).write(`${line}\n`);
    this.options.terminal.write(`${this.label(name)} ${this.readable(line)}\n`);
  }

  /** Settles when everything is in the files. */
  async close(): Promise<void> {
    const end = (stream: fs.WriteStream) => new Promise<void>((resolve) => stream.once('close', resolve).end());
    await Promise.all([...this.streams.values()].filter((stream) => !stream.destroyed).map(end));
  }

  private stream(name: string): fs.WriteStream {
    let stream = this.streams.get(name);
    if (!stream) {
      stream = fs.createWriteStream(this.file(name), { flags: 'a', mode: 0o600 });
      stream.on('error', this.options.onError);
      this.streams.set(name, stream);
    }
    return stream;
  }

  /** The last lines of a process's log, readable. */
  async tail(name: string): Promise<string> {
    const text = await logTail(this.file(name));
    return text
      .split('\n')
      .map((line) => `  ${this.readable(line)}`)
      .join('\n');
  }

  private readable(line: string): string {
    return line.startsWith('{') ? this.pretty(line).trimEnd() : line;
  }

  private label(name: string): string {
    const label = name.padEnd(18);
    if (!this.options.terminal.isTTY) return label;
    const index = [...this.names].indexOf(name);
    return `\u001b[${colours[index % colours.length]}m${label}\u001b[39m`;
  }
}
