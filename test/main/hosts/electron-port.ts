// Loaded before a program that shall believe it runs in a utility process of Electron's.
import { EventEmitter } from 'node:events';

class ParentPort extends EventEmitter {
  postMessage(message: unknown): void {
    process.send?.(message);
  }
}

const port = new ParentPort();
process.on('message', (data) => port.emit('message', { data }));
Object.assign(process, { parentPort: port });
