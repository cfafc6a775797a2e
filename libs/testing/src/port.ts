import { freePorts } from '@musicgen/embedded';
import fs from 'node:fs/promises';
import path from 'node:path';
import { testInfrastructure } from './infrastructure';

/**
 * A port below the range of outgoing connections that nobody listens on, and that nobody else in this run was given: what
 * starts side by side, or is away for a moment, keeps its own.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const [port] = (await freePorts(1)) as [number];
    const isOurs = await fs.mkdir(path.join(testInfrastructure().folder, `port-${port}`)).then(
      () => true,
      () => false,
    );
    if (isOurs) return port;
  }
}
