/** The way from a host's process to the workbench. */
export interface HostChannel {
  send(event: object): void;
  onMessage(listener: (message: unknown) => void): void;
  /** The workbench is gone. */
  onClose(listener: () => void): void;
  /** Lets the process end when nothing else holds it. */
  close(): void;
}

/** What Electron gives to a utility process. */
interface ElectronPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: { data: unknown }) => void): void;
}

export function openHostChannel(): HostChannel {
  const { parentPort } = process as unknown as { parentPort?: ElectronPort };
  return parentPort ? electronChannel(parentPort) : nodeChannel();
}

function nodeChannel(): HostChannel {
  return {
    send: (event) => {
      // A message that finds the pipe broken is lost with the one who would have read it.
      if (process.connected) process.send?.(event, undefined, undefined, () => undefined);
    },
    onMessage: (listener) => void process.on('message', listener),
    onClose: (listener) => void process.on('disconnect', listener),
    close: () => {
      if (process.connected) process.disconnect();
    },
  };
}

/** Electron itself ends a utility process whose parent is gone, and its port holds the process until it exits. */
function electronChannel(port: ElectronPort): HostChannel {
  return {
    send: (event) => port.postMessage(event),
    onMessage: (listener) => port.on('message', ({ data }) => listener(data)),
    onClose: () => undefined,
    close: () => process.exit(),
  };
}
