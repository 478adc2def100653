// A process of its own: `space-gradients-process.ts INDEX` prints what is wrong with the gradients of a sized case.
import { sizedCase } from './space-cases.ts';
import { gradientFaults } from './space-gradients.ts';

console.log(JSON.stringify(gradientFaults(sizedCase(Number(process.argv[2])))));
