import type { ServiceName } from '@musicgen/platform-contracts';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Call } from './call';

/** The call that is being answered, and the service that made it. */
export interface CurrentCall {
  call: Call;
  caller: ServiceName;
}

const calls = new AsyncLocalStorage<CurrentCall>();

/** Runs what answers a call: {@link currentCall} knows it in all that this begins. */
export const answering = <T>(current: CurrentCall, answer: () => T): T => calls.run(current, answer);

/** For what is noted far from where the call came in, such as an audit; undefined in what a service does by itself. */
export const currentCall = (): CurrentCall | undefined => calls.getStore();
