import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { writeShadedDataset } from '../../../src/main/bench/shaded-dataset.ts';
import { localTrainers } from '../../../src/main/runs/local-trainers.ts';
import { openDatabase } from '../../../src/main/store/database.ts';
import { MIGRATIONS, readVersion } from '../../../src/main/store/migrations.ts';
import { runProgram } from '../../../src/main/terminal/program.ts';
import { openWorkbench } from '../../../src/main/workbench/workbench.ts';
import { readParts } from '../../fixtures/projects/json-parts.ts';
import type { LandedCode } from '../../fixtures/projects/landed-code.ts';
import {
  type Place,
  type ProjectEnd,
  type ProjectReading,
  readProject,
  resumeProject,
} from '../../fixtures/projects/read-project.ts';
import { scratchFolder } from '../workbench/small-project.ts';

// Projects that earlier versions left, and what those versions said of them: test/fixtures/projects/README.md.

const FIXTURES = join(import.meta.dirname, '../../fixtures/projects');
const today = { openWorkbench, localTrainers, runProgram } as unknown as LandedCode;
// Equality to the bit is promised on the CPU.
process.env.CUDA_VISIBLE_DEVICES = '-1';

/** A copy to work on, gone when the test is. */
function copyOf(schema: number): Place {
  const { folder, remove } = scratchFolder();
  onTestFinished(remove);
  const place = { project: join(folder, 'project'), home: join(folder, 'home') };
  cpSync(join(FIXTURES, `schema-${schema}`, 'project'), place.project, { recursive: true });
  writeShadedDataset(place.home);
  return place;
}

function recorded<Parts>(schema: number, file: 'reading' | 'end'): Parts {
  return readParts(join(FIXTURES, `schema-${schema}`, `${file}.jsonl`));
}

describe.each([1, 2])('a project of schema %i', (schema) => {
  it('says all that its own version said of it, and may say more', async () => {
    const place = copyOf(schema);
    const was = recorded<ProjectReading>(schema, 'reading');
    const is = await readProject(today, place);
    expect(is.experiments).toMatchObject(was.experiments.map(inWordsOfToday));
    expect(is.terminal).toHaveLength(was.terminal.length);
    for (const [index, { leaderboard, show, csv }] of was.terminal.entries()) {
      expect(is.terminal[index]).toMatchObject({ leaderboard, show });
      expect(readCsv(is.terminal[index]?.csv ?? '')).toMatchObject(readCsv(csv));
    }
    expect(is.contract).toMatchObject(was.contract.map(inWordsOfToday));
    expect(is).toMatchObject({ views: was.views, log: was.log });
    const database = openDatabase(join(place.project, 'cellwright.db'));
    expect(readVersion(database)).toBe(MIGRATIONS.length);
    database.close();
  });

  it('goes on with what was paused and what was closed in the middle of a training', async () => {
    const was = recorded<ProjectEnd>(schema, 'end');
    const is = await resumeProject(today, copyOf(schema));
    if (is.processor === was.processor) return expect(is).toMatchObject(was);
    console.log(`Weights and rewards were not compared: they were recorded on "${was.processor}".`);
    expect(is.experiments.map(standing)).toEqual(was.experiments.map(standing));
  });
});

/**
 * What is called otherwise since schema 3, the same values in their new places: a training became recipe, subset, reward
 * rule and limits, and a page's best trial names the run too.
 */
function inWordsOfToday(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inWordsOfToday);
  if (typeof value !== 'object' || value === null) return value;
  const { training, ...others } = value as { training?: Record<string, unknown> };
  const moved = Object.entries(others).map(([key, part]) => {
    const isNumber = key === 'best' && typeof part === 'number' && 'rows' in value;
    return [key, isNumber ? { trial: part, run: 1 } : inWordsOfToday(part)];
  });
  if (training === undefined) return Object.fromEntries(moved);
  const { trainingImages, validationImages, timeLimitMs, reward, ...recipe } = training;
  return {
    ...Object.fromEntries(moved),
    recipe,
    subset: { training: { share: 1, most: trainingImages }, validation: { share: 1, most: validationImages } },
    limits: { timeLimitMs },
    reward: { epoch: reward },
  };
}

/** What does not depend on rewards, and so not on the processor. */
function standing({ state, trials }: ProjectEnd['experiments'][number]) {
  const facts = trials as { trial: number; batch: number | null; state: string; seed: number }[];
  return { state, trials: facts.map(({ trial, batch, state, seed }) => ({ trial, batch, state, seed })) };
}

/** A record a line after the head, by the names of its columns (RFC 4180). */
function readCsv(text: string): Record<string, string>[] {
  const fields = [...text.matchAll(/("(?:[^"]|"")*"|[^,\r\n]*)(,|\r\n)/g)];
  const lines: string[][] = [[]];
  for (const [, field = '', end] of fields) {
    lines.at(-1)?.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
    if (end !== ',') lines.push([]);
  }
  const [head = [], ...rows] = lines.slice(0, -1);
  return rows.map((row) => Object.fromEntries(head.map((column, index) => [column, row[index] ?? 'missing'])));
}
