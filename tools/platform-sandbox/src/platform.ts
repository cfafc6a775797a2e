import type { z } from 'zod';
import type { Answer } from './http/answer';
import type { Call } from './http/call';
import type { Route } from './http/route';
import type { TokenRules } from './oauth/token-rules';
import type { World } from './state/world';

/** Who sends a request, as far as it shows. */
export interface Caller {
  readonly client: string | null;
  readonly user: string | null;
}

/** One row of a platform's table of failures: something it says although nobody did anything to cause it. */
export interface PlatformFailure {
  /** When the real platform says so. */
  readonly about: string;
  /** Where it is said if a fault names no host and path of its own. */
  readonly host?: string;
  readonly path?: string;
  readonly answer: (call: Call, world: World) => Answer;
}

/** One of a platform's hosts. */
export interface SandboxHost {
  /** What the host is called in the world, with its region where it has one: a client may name it this way too. */
  readonly realNames: Readonly<Record<string, string | undefined>>;
  readonly routes: readonly Route[];
  /** What is said about paths that do not exist. */
  readonly notFound: (call: Call, world: World) => Answer;
  /** Whether several slashes are as good as one. */
  readonly mergesSlashes?: boolean;
}

/** A platform that the sandbox speaks for. */
export interface SandboxPlatform {
  readonly id: string;
  readonly displayName: string;
  readonly hosts: Readonly<Record<string, SandboxHost>>;
  /** What an app may be allowed to do; the first is what a new app is. */
  readonly modes: readonly [string, ...string[]];
  /** What can be set about an app, and about a user's account; all have defaults. */
  readonly settings: z.ZodObject;
  readonly account: z.ZodObject;
  /** By name, in the order of the table; `rate_limited` and `server_error` exist everywhere. */
  readonly failures: Readonly<Record<string, PlatformFailure>>;
  /** How tokens are made, where there are any. */
  readonly oauth?: TokenRules;
  /** The app behind a request, where it does not show in the usual ways. */
  readonly whoCalls?: (call: Call, world: World) => Caller | undefined | Promise<Caller | undefined>;
  /** Registers the apps of a new world. */
  readonly seed: (world: World) => void;
  /** Does what has become due; called often, and whenever the clock was moved. */
  readonly tick?: (world: World) => void;
  /** Below `/_sandbox/<id>`: what only this platform needs. */
  readonly control?: readonly Route[];
}
