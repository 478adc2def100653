import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { readDoctorReport } from '../../../src/main/setup/doctor.ts';
import { renderDoctorReport } from '../../../src/main/setup/doctor-text.ts';
import { PROJECT_ROOT } from '../../../src/main/setup/runtime.mjs';
import { doctorReportSchema } from '../../../src/shared/records/doctor.ts';
import { runToEnd, temporaryFolder } from './setting.ts';

it('finds nothing missing after set-up, and TensorFlow asked in a process of its own', async () => {
  const report = await readDoctorReport();
  expect(doctorReportSchema.parse(report)).toEqual(report);
  expect(report.tensorflow).toMatchObject({ state: 'ready', version: expect.stringMatching(/^2\.\d+\.\d+$/) });
  expect(report.missing.filter(({ severity }) => severity === 'required')).toEqual([]);
  expect(report.datasets).toContainEqual({ name: 'cifar10', title: 'CIFAR-10', images: 60_000, problem: null });
  expect(report.devices[0]?.kind).toBe('cpu');
  expect(process.report.getReport()).not.toMatchObject({
    sharedObjects: expect.arrayContaining([expect.stringContaining('libtensorflow')]),
  });
});

it('names what is missing, with its remedy, where set-up has not run, and changes nothing', async () => {
  const home = temporaryFolder();
  const env = { PATH: '' };
  const report = await readDoctorReport({ home, env });
  expect(report.tensorflow.state).toBe('not_set_up');
  expect(report.disk.folder).toBe(home);
  const required = report.missing.filter(({ severity }) => severity === 'required');
  expect(required.map(({ what }) => what)).toEqual([
    'npm was not found',
    'Python 3 was not found',
    'pip for Python 3 was not found',
    'the C++ compiler g++ was not found',
    'TensorFlow is not set up',
    'CIFAR-10 is not there',
  ]);
  expect(required.every(({ remedy }) => remedy.length > 5)).toBe(true);
  const text = renderDoctorReport(report);
  for (const { what, remedy } of required) expect(text).toContain(`  ${what}\n    remedy: ${remedy}`);
  expect(readdirSync(home)).toEqual([]);
});

it('reports a Node that is named and not there, or is none, instead of failing', async () => {
  const home = temporaryFolder();
  const notNode = path.join(home, 'not-node');
  writeFileSync(notNode, '#!/bin/sh\necho hello\n', { mode: 0o755 });
  for (const program of [path.join(home, 'nowhere'), home, notNode]) {
    const report = await readDoctorReport({ home, env: { PATH: '', CELLWRIGHT_NODE: program } });
    expect(doctorReportSchema.parse(report).node).toEqual({ version: 'not found', path: program, adequate: false });
    const findings = report.missing.filter(({ what }) => /\bNode\b/.test(what));
    expect(findings).toMatchObject([{ severity: 'required', what: `no Node answers at ${program}` }]);
    expect(findings[0]?.remedy).toContain('CELLWRIGHT_NODE');
  }
});

it('answers as a program of its own, in text and in JSON', async () => {
  const command = path.join(PROJECT_ROOT, 'src/main/setup/doctor-command.ts');
  const env = { ...process.env, CELLWRIGHT_HOME: temporaryFolder() };
  const asText = await runToEnd(process.execPath, [command], { env });
  expect([asText.code, asText.stderr]).toEqual([0, '']);
  expect(asText.stdout).toMatch(/^TensorFlow +not set up$/m);
  const asJson = await runToEnd(process.execPath, [command, '--json'], { env });
  expect(doctorReportSchema.parse(JSON.parse(asJson.stdout)).tensorflow.state).toBe('not_set_up');
});
