import { join } from 'node:path';
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';

/**
 * What the packaged Electron can still be talked into from outside: nothing that lifts what this app asks of it. Every
 * fuse is named, so that a new one stops the packaging until somebody has decided on it.
 */
export const FUSES = {
  version: FuseVersion.V1,
  strictlyRequireAllFuses: true,
  // The program is no Node for others; trainers have one of their own.
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  // macOS and Windows; Electron has no such check on Linux.
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.EnableCookieEncryption]: true,
  // The page comes by app://, and file:// gets no more than a browser gives it.
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  // WebAssembly with the processor's own bounds checks, as in Chromium; off, it is only slower.
  [FuseV1Options.WasmTrapHandlers]: true,
} as const;

/** The part of electron-builder's `AfterPackContext` that is used. */
export interface PackedApp {
  readonly appOutDir: string;
  readonly electronPlatformName: string;
  readonly packager: { readonly executableName?: string; readonly appInfo: { readonly productFilename: string } };
}

/** Sets the fuses in a packed app, before it is signed. */
export async function setFuses(app: PackedApp): Promise<void> {
  const isMac = app.electronPlatformName === 'darwin';
  await flipFuses(programOf(app), { ...FUSES, resetAdHocDarwinSignature: isMac });
}

function programOf({ appOutDir, electronPlatformName, packager }: PackedApp): string {
  const { productFilename } = packager.appInfo;
  if (electronPlatformName === 'darwin') return join(appOutDir, `${productFilename}.app`);
  if (electronPlatformName === 'win32') return join(appOutDir, `${productFilename}.exe`);
  return join(appOutDir, packager.executableName ?? productFilename);
}
