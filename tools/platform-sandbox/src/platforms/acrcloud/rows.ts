import type { World } from '../../state/world';

/** A file scanning container. */
export interface Container {
  readonly id: string;
  readonly account: string;
  readonly name: string;
  readonly region: string;
  readonly audioType: string;
  readonly buckets: readonly { id: number; name: string }[];
  readonly engine: number;
  readonly policy: object;
  readonly callbackUrl: string | null;
  readonly flags: Readonly<Record<string, boolean>>;
  readonly createdAt: number;
}

/** A file in a container. What becomes of it is known from the start, and shows when it is ready. */
export interface ScanFile {
  readonly id: string;
  readonly containerId: string;
  readonly name: string;
  readonly uri: string;
  readonly url: string | null;
  readonly dataType: string;
  readonly bytes: number;
  readonly createdAt: number;
  readonly readyAt: number;
  /** 0: stays in processing. */
  readonly outcome: 0 | 1 | -1 | -2 | -3;
  readonly track: number | null;
}

/** A callback that is due some time. */
export interface Callback {
  readonly id: string;
  readonly dueAt: number;
  readonly url: string;
  readonly fileId: string;
}

/** A callback that was sent. */
export interface Delivery {
  readonly id: string;
  readonly at: string;
  readonly url: string;
  readonly bytes: number;
  /** null: nobody answered. */
  readonly status: number | null;
}

/** An upload that was announced, at an address of its own. */
export interface Upload {
  readonly id: string;
  readonly containerId: string;
  readonly contentType: string;
  readonly expiresAt: number;
  /** base64; null: not there yet. */
  readonly content: string | null;
}

/** What was told about a sample by its SHA-256. */
export interface Sample {
  readonly id: string;
  readonly track: number | null;
  readonly code: number | null;
}

/** ACRCloud's own tables. */
export const tables = {
  containers: (world: World) => world.table<Container>('acrcloud.containers'),
  files: (world: World) => world.table<ScanFile>('acrcloud.files'),
  callbacks: (world: World) => world.table<Callback>('acrcloud.callbacks'),
  deliveries: (world: World) => world.table<Delivery>('acrcloud.deliveries'),
  uploads: (world: World) => world.table<Upload>('acrcloud.uploads'),
  samples: (world: World) => world.table<Sample>('acrcloud.samples'),
} as const;

/** The state of a file now. */
export const stateOf = (file: ScanFile, world: World): ScanFile['outcome'] =>
  world.clock.now() >= file.readyAt ? file.outcome : 0;
