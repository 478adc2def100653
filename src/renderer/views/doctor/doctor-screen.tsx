import { RotateCw } from 'lucide-react';
import { type ReactElement, type ReactNode, useState } from 'react';
import type { DoctorReport } from '../../../shared/records/doctor.ts';
import { Button } from '../../components/button.tsx';
import { CopyButton, ErrorPanel } from '../../components/notices.tsx';
import { SkeletonRows } from '../../components/skeletons.tsx';
import table from '../../components/table.module.css';
import { bytes, plural } from '../../components/words.ts';
import { useAnswer } from '../../state/use-workbench.ts';
import styles from './doctor.module.css';

/** This machine: what trains, what is missing and what mends it. */
export function DoctorScreen(): ReactElement {
  const report = useAnswer('system.doctor', {});
  const seen = report.kind === 'ready' ? report.value : report.kind === 'failed' ? report.error : null;
  // What was there when another look was asked for; it stays until the look is done.
  const [old, setOld] = useState<typeof seen>(null);
  const lookAgain = (): void => {
    setOld(seen);
    report.again();
  };
  return (
    <div className={styles.screen}>
      <header className={styles.head}>
        <h1>Doctor</h1>
        <span className={styles.gap} />
        <Button
          icon={<RotateCw size={14} aria-hidden="true" />}
          isBusy={seen === null || seen === old}
          onClick={lookAgain}
        >
          Look again
        </Button>
        {report.kind === 'ready' ? (
          <CopyButton label="Copy report" text={() => JSON.stringify(report.value, null, 2)} />
        ) : null}
      </header>
      {report.kind === 'loading' ? (
        <>
          <p className={styles.wait}>TensorFlow is loaded in a process of its own; that takes some seconds.</p>
          <SkeletonRows count={8} height={40} />
        </>
      ) : null}
      {report.kind === 'failed' ? <ErrorPanel message={report.error.message} onRetry={report.retry} /> : null}
      {report.kind === 'ready' ? <Report report={report.value} /> : null}
    </div>
  );
}

function Report({ report }: { report: DoctorReport }): ReactElement {
  const { tensorflow, driver, devices, memory, disk, project, datasets, tools, node, system } = report;
  return (
    <>
      <Missing report={report} />
      <table className={table.table}>
        <tbody>
          <Row name="Cellwright">{report.cellwright}</Row>
          <Row name="TensorFlow">{tensorFlowWords(tensorflow)}</Row>
          <Row name="Devices">
            {devices.map(({ name, kind, memoryBytes }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two devices may be alike
              <div key={index}>
                {kind === 'gpu' ? 'GPU' : 'CPU'} {name}
                {memoryBytes === null ? '' : `, ${bytes(memoryBytes)}`}
              </div>
            ))}
          </Row>
          <Row name="Graphics driver">
            {driver === null ? 'no NVIDIA GPU answers' : `${driver.version}, CUDA ${driver.cuda ?? 'unknown'}`}
          </Row>
          <Row name="Processor">{plural(report.cores, 'core')}</Row>
          <Row name="Memory">
            {bytes(memory.freeBytes)} free of {bytes(memory.totalBytes)}
          </Row>
          <Row name="Disk">
            {bytes(disk.freeBytes)} free of {bytes(disk.totalBytes)} at <code>{disk.folder}</code>
          </Row>
          {project === null ? null : (
            <Row name="Project">
              <code>{project.folder}</code> keeps {bytes(project.keptBytes)} of weights and other files
            </Row>
          )}
          <Row name="System">
            {system.name}, {system.architecture}
          </Row>
          <Row name="Node">
            {node.version} at <code>{node.path}</code>
            {node.adequate ? '' : ', not adequate'}
          </Row>
          <Row name="Data sets">
            {datasets.length === 0 ? 'none' : null}
            {datasets.map(({ name, title, images, problem }) => (
              <div key={name}>
                <bdi>{title}</bdi>, {plural(images, 'image')}
                {problem === null ? '' : `: ${problem}`}
              </div>
            ))}
          </Row>
          <Row name="Tools">
            {tools.map(({ name, version }) => (
              <div key={name}>
                {name} {version ?? 'not found'}
              </div>
            ))}
          </Row>
        </tbody>
      </table>
    </>
  );
}

function tensorFlowWords({ version, build, state, problem }: DoctorReport['tensorflow']): string {
  const name = version === null ? '' : `${version}${build === null ? '' : ` (${build})`}, `;
  return `${name}${state.replaceAll('_', ' ')}${problem === null ? '' : `: ${problem}`}`;
}

function Missing({ report }: { report: DoctorReport }): ReactElement {
  if (report.missing.length === 0) return <p className={styles.fine}>Nothing is missing.</p>;
  return (
    <ul className={styles.missing}>
      {report.missing.map(({ severity, what, remedy }) => (
        <li key={what} className={severity === 'required' ? styles.required : undefined}>
          <p>
            <b>{severity === 'required' ? 'Needed' : 'Optional'}</b>: {what}
          </p>
          <div className={styles.remedy}>
            <code>{remedy}</code>
            <CopyButton text={remedy} label="Copy remedy" />
          </div>
        </li>
      ))}
    </ul>
  );
}

function Row({ name, children }: { name: string; children: ReactNode }): ReactElement {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{children}</td>
    </tr>
  );
}
