/** How a host ended. `error` is the last that was heard from it, where it said something. */
export type Death =
  | { readonly kind: 'exit'; readonly code: number; readonly error: string | null }
  | { readonly kind: 'signal'; readonly signal: string; readonly error: string | null };

/** A process, or the smallest set-up's thread, that works for main: it is told commands and tells events. */
export interface Host<Command, Event> {
  /** Of its process; null where it has none of its own, or none yet. */
  readonly pid: number | null;
  send(command: Command): void;
  /** One listener each; whoever launched it is the only one who listens. */
  onEvent(listener: (event: Event) => void): void;
  /** Called once, after everything that the host reported. */
  onDeath(listener: (death: Death) => void): void;
  /** At once, whatever it is doing. */
  kill(): void;
}

/** What runs in a host. */
export interface HostProgram<Event> {
  /** For people and the system's list of processes, such as "Cellwright trainer". */
  readonly name: string;
  /** File of its entry, absolute. */
  readonly entry: string;
  readonly arguments: readonly string[];
  /** A host may be broken, so its messages are parsed; null drops one that is unknown. */
  readonly parse: (message: unknown) => Event | null;
}

/** A way to start hosts. `environment` is the host's whole environment. */
export interface Launcher {
  /** Hosts that may live at the same time. */
  readonly maximumHosts: number;
  launch<Command, Event>(
    program: HostProgram<Event>,
    environment: Readonly<Record<string, string>>,
  ): Host<Command, Event>;
}
