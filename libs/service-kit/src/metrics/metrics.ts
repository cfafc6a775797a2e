import { collectDefaultMetrics, Histogram, register } from 'prom-client';

const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The process's metrics, as `/metrics` shows them. */
export const metrics = register;

collectDefaultMetrics();

export const rpcServerSeconds = new Histogram({
  name: 'rpc_server_seconds',
  help: 'Time to answer a call, by subject and outcome',
  labelNames: ['subject', 'outcome'],
  buckets,
});

export const rpcClientSeconds = new Histogram({
  name: 'rpc_client_seconds',
  help: 'Time until a call of another service ended, by subject and outcome',
  labelNames: ['subject', 'outcome'],
  buckets,
});

export const httpSeconds = new Histogram({
  name: 'http_server_seconds',
  help: 'Time to answer an HTTP request, by route pattern and status class',
  labelNames: ['route', 'status'],
  buckets,
});
