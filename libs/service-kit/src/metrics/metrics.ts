import { collectDefaultMetrics, Histogram, register } from 'prom-client';

const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The process's metrics, as `/metrics` shows them. */
export const metrics = register;

collectDefaultMetrics();

/** How long calls of a subject take. Its labels are written once, not anew for each call. */
class CallSeconds {
  private readonly histogram: Histogram<'subject' | 'outcome'>;
  private readonly children = new Map<string, Map<string, Histogram.Internal<'subject' | 'outcome'>>>();

  constructor(name: string, help: string) {
    this.histogram = new Histogram({ name, help, labelNames: ['subject', 'outcome'], buckets });
  }

  /** A call that began at `performance.now()` and ends now. Subjects and outcomes are those of contracts: not many. */
  observe(subject: string, outcome: string, begun: number): void {
    const seconds = (performance.now() - begun) / 1_000;
    this.child(subject, outcome).observe(seconds);
  }

  private child(subject: string, outcome: string): Histogram.Internal<'subject' | 'outcome'> {
    let outcomes = this.children.get(subject);
    if (!outcomes) this.children.set(subject, (outcomes = new Map()));
    let child = outcomes.get(outcome);
    if (!child) outcomes.set(outcome, (child = this.histogram.labels(subject, outcome)));
    return child;
  }
}

export const rpcServerSeconds = new CallSeconds('rpc_server_seconds', 'Time to answer a call, by subject and outcome');

export const rpcClientSeconds = new CallSeconds(
  'rpc_client_seconds',
  'Time until a call of another service ended, by subject and outcome',
);

export const httpSeconds = new Histogram({
  name: 'http_server_seconds',
  help: 'Time to answer an HTTP request, by route pattern and status class',
  labelNames: ['route', 'status'],
  buckets,
});
