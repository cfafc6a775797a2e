import { collectDefaultMetrics, Histogram, register } from 'prom-client';

const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The process's metrics, as `/metrics` shows them. */
export const metrics = register;

collectDefaultMetrics();

/** Durations by two labels, which are written out once for each pair and not for each duration. */
class Durations<First extends string, Second extends string> {
  private readonly histogram: Histogram<First | Second>;
  private readonly children = new Map<string, Map<string, Histogram.Internal<First | Second>>>();

  constructor(name: string, help: string, labelNames: [First, Second]) {
    this.histogram = new Histogram({ name, help, labelNames, buckets });
  }

  /** The labels' values are those of contracts: not many. */
  observe(first: string, second: string, seconds: number): void {
    this.child(first, second).observe(seconds);
  }

  private child(first: string, second: string): Histogram.Internal<First | Second> {
    let children = this.children.get(first);
    if (!children) this.children.set(first, (children = new Map()));
    let child = children.get(second);
    if (!child) children.set(second, (child = this.histogram.labels(first, second)));
    return child;
  }
}

/** Since a `performance.now()`. */
export const secondsSince = (begun: number): number => (performance.now() - begun) / 1_000;

export const rpcServerSeconds = new Durations('rpc_server_seconds', 'Time to answer a call, by subject and outcome', [
  'subject',
  'outcome',
]);

export const rpcClientSeconds = new Durations(
  'rpc_client_seconds',
  'Time until a call of another service ended, by subject and outcome',
  ['subject', 'outcome'],
);

export const httpSeconds = new Durations(
  'http_server_seconds',
  'Time to answer an HTTP request, by route pattern and status class',
  ['route', 'status'],
);
