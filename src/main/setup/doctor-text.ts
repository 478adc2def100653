import type { DoctorReport } from '../../shared/records/doctor.ts';
import { formatBytes } from '../fetch/progress.mjs';

function tensorflowLine({ state, version, build }: DoctorReport['tensorflow']): string {
  if (state === 'ready') return `${version} (${build === 'cuda' ? 'CUDA' : build === 'cpu' ? 'CPU' : 'prebuilt'})`;
  return state === 'broken' ? 'does not load' : 'not set up';
}

/** The report for a person: a line for each fact, then what is missing with its remedy. Ends without a newline. */
export function renderDoctorReport(report: DoctorReport): string {
  const { node, driver, memory, disk } = report;
  const facts: [string, string][] = [
    ['Cellwright', report.cellwright],
    ['System', `${report.system.name}, ${report.system.architecture}`],
    ['Node', `${node.version}, ${node.path}`],
    ['TensorFlow', tensorflowLine(report.tensorflow)],
    ['NVIDIA driver', driver === null ? 'none' : `${driver.version}, CUDA ${driver.cuda ?? 'unknown'}`],
    ...report.devices.map(({ kind, name, memoryBytes }): [string, string] => [
      kind === 'cpu' ? 'Processor' : 'GPU',
      kind === 'cpu' ? `${name}, ${report.cores} cores` : `${name}, ${formatBytes(memoryBytes ?? 0)}`,
    ]),
    ['Memory', `${formatBytes(memory.freeBytes)} free of ${formatBytes(memory.totalBytes)}`],
    ['Disk', `${formatBytes(disk.freeBytes)} free of ${formatBytes(disk.totalBytes)}, ${disk.folder}`],
    ...(report.project === null
      ? []
      : [
          ['Project', `${report.project.folder}, ${formatBytes(report.project.keptBytes)} of kept files`] as [
            string,
            string,
          ],
        ]),
    ['Data sets', report.datasets.map(({ title, images }) => `${title} (${images} images)`).join(', ') || 'none'],
    ['Tools', report.tools.map(({ name, version }) => `${name} ${version ?? 'missing'}`).join(', ')],
  ];
  const lines = facts.map(([name, value]) => `${name.padEnd(14)} ${value}`);
  lines.push('', report.missing.length === 0 ? 'Nothing is missing.' : 'Missing:');
  for (const { severity, what, remedy } of report.missing) {
    lines.push(`  ${what}${severity === 'optional' ? ' (optional)' : ''}`, `    remedy: ${remedy}`);
  }
  return lines.join('\n');
}
