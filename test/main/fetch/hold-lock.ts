// `hold-lock.ts FILE LOG MILLISECONDS`: takes the lock, logs "+pid", holds it, logs "-pid" and lets go.
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { takeLock } from '../../../src/main/fetch/lock.ts';

const [file, log, holdMs] = process.argv.slice(2);
const release = await takeLock(file!, () => undefined);
appendFileSync(log!, `+${process.pid}\n`);
await sleep(Number(holdMs));
appendFileSync(log!, `-${process.pid}\n`);
release();
