// A training by the code of a tree, in a process of its own. Arguments: a file with the run as JSON, and the path of the
// two files that its tensors are written to.
import { readFileSync } from 'node:fs';
import { writeTensors } from './tensor-file.ts';
import { adapterOf, type TensorRun } from './tree-adapters.ts';

const [file = '', target = ''] = process.argv.slice(2);
const run = JSON.parse(readFileSync(file, 'utf8')) as TensorRun;
writeTensors(target, await adapterOf(run.tree).train(run));
