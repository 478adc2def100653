import type { ReadableStream as WebStream } from 'node:stream/web';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { tooLarge } from '../artifacts/artifact-files.ts';
import { byteResponse } from '../artifacts/byte-response.ts';
import type { ProjectArtifacts } from '../artifacts/project-artifacts.ts';
import { errorResponse, json, type OnUnexpected, type Route } from './routes.ts';

/** The largest file that is taken; ours, an archive of images is the largest that anybody brings. */
const MAXIMUM_UPLOAD_BYTES = 4 * 2 ** 30;
const FOLDER = '/artifacts/';

export interface ArtifactRouteOptions {
  readonly artifacts: ProjectArtifacts;
  readonly onUnexpected: OnUnexpected;
  readonly maximumUploadBytes?: number;
}

/**
 * Bytes, in both hosts and both ways: `GET /artifacts/<hash>` (`?download=<name>` to save it) and `POST /artifacts`
 * with the bytes as they are, which answers `{ hash, sizeBytes }`.
 */
export function artifactRoutes(options: ArtifactRouteOptions): Route[] {
  const { artifacts, onUnexpected, maximumUploadBytes = MAXIMUM_UPLOAD_BYTES } = options;
  return [
    {
      method: 'GET',
      path: FOLDER,
      access: 'holder',
      handle: async (request) => {
        try {
          return await sendArtifact(artifacts, request);
        } catch (error) {
          return errorResponse(error, 'GET /artifacts', onUnexpected);
        }
      },
    },
    {
      method: 'POST',
      path: '/artifacts',
      access: 'holder',
      body: 'bytes',
      handle: async (request) => {
        try {
          return await receiveUpload(artifacts, request, maximumUploadBytes);
        } catch (error) {
          return errorResponse(error, 'POST /artifacts', onUnexpected);
        }
      },
    },
  ];
}

async function sendArtifact(artifacts: ProjectArtifacts, { url, method, headers }: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(url);
  const hash = pathname.slice(FOLDER.length);
  // Only what the store knows by this very text is looked for on the disk.
  const found = await artifacts.open(hash);
  if (!found) throw new WorkbenchError('not_found', `There is no file of that hash: it may have been swept.`);
  return await byteResponse(found.artifact, found.file, {
    isHead: method === 'HEAD',
    range: headers.get('range'),
    ifRange: headers.get('if-range'),
    ifNoneMatch: headers.get('if-none-match'),
    download: searchParams.get('download'),
  });
}

async function receiveUpload(artifacts: ProjectArtifacts, request: Request, limitBytes: number): Promise<Response> {
  // Before a byte is written, where the client says how many come.
  if (Number(request.headers.get('content-length')) > limitBytes) throw tooLarge(limitBytes);
  if (request.body === null) throw new WorkbenchError('invalid_input', 'An upload needs a body: send the bytes.');
  const { hash, sizeBytes } = await artifacts.receive(request.body as WebStream<Uint8Array>, limitBytes);
  return json({ hash, sizeBytes }, 201);
}
