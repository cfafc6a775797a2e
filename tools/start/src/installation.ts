import type { SoundBank } from '@musicgen/embedded';
import type { Secrets } from '@musicgen/service-kit';
import type { StartConfig } from './config';
import type { Demo } from './demo';
import type { ServiceProcess } from './service-process';

/** The name in `ports.json` of each port that is not the public one; a service's is where it serves its health. */
export const portNames = ['postgres', 'nats', 'vault', 'spotify', 'acrcloud', 'musicgen', 'sandbox'] as const;
export type Ports = Record<(typeof portNames)[number], number>;

/** One installation, its servers up. */
export interface Installation {
  config: StartConfig;
  baseUrl: string;
  ports: Ports;
  secrets: Secrets;
  soundBank: SoundBank;
  /** Of the superuser. */
  postgresUrl: string;
  natsUrl: string;
}

/** What is started on top of Postgres and NATS; the tests of the starter start something smaller. */
export interface Plan {
  provision(installation: Installation, signal: AbortSignal): Promise<void>;
  services(installation: Installation): ServiceProcess[];
  demo(installation: Installation, signal: AbortSignal): Promise<Demo>;
}
