import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

/** What the tests look at of one entry of `services`. */
export interface ComposeService {
  image: string;
  /** Started only when one of these is asked for. */
  profiles?: string[];
  ports?: string[];
  networks?: Record<string, { aliases: string[] }>;
  build?: { context: string; args: { APP: string } };
  command?: string[];
  environment?: Record<string, string>;
  volumes?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: object;
  read_only?: boolean;
  cap_drop?: string[];
}

export interface ComposeFile {
  services: Record<string, ComposeService>;
  volumes: Record<string, unknown>;
}

/** As with none of its variables set: the innermost default is put in first. */
function withDefaults(text: string): string {
  const filled = text.replaceAll(/\$\{\w+:-([^{}]*)\}/g, '$1');
  return filled === text ? text : withDefaults(filled);
}

/** docker-compose.yml, its anchors merged and its defaults put in. */
export function readComposeFile(root: string): ComposeFile {
  const text = fs.readFileSync(path.join(root, 'docker-compose.yml'), 'utf8');
  // Compose gives a variable without a value as an empty text, YAML as null.
  const empty = (_key: unknown, value: unknown) => value ?? '';
  return parse(withDefaults(text), empty, { merge: true }) as ComposeFile;
}

/** The volume that a service sees at a path; undefined where there is none. */
export const volumeAt = ({ volumes = [] }: ComposeService, target: string): string | undefined =>
  volumes.map((line) => line.split(':')).find(([, at]) => at === target)?.[0];
