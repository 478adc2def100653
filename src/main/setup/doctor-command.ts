// `doctor-command.ts [--json]`: the doctor as a program of its own, for when the terminal program's packages are missing.
import process from 'node:process';
import { readDoctorReport } from './doctor.ts';
import { renderDoctorReport } from './doctor-text.ts';

const report = await readDoctorReport();
const asJson = process.argv.includes('--json');
process.stdout.write(`${asJson ? JSON.stringify(report, null, 2) : renderDoctorReport(report)}\n`);
