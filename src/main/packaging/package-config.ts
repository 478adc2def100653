import type { Configuration } from 'electron-builder';
import { APP_ID, LINK_SCHEME } from '../electron/deep-link.ts';
import { setFuses } from './fuses.ts';

/**
 * Packages that travel with the app, each with what it needs. All others are part of the bundle; TensorFlow and its
 * binding are not shipped, since every machine needs its own build of them (CPU or GPU, 0.6 to 2 GB): set-up brings them.
 */
const NATIVE_PACKAGES = ['better-sqlite3', 'sharp', '@img', 'detect-libc', 'semver'];

export interface PackageConfigOptions {
  /** The folder with package.json. */
  readonly root: string;
  /** Where the packages are put. */
  readonly output: string;
  /** PNG files by size, from icons.ts. */
  readonly icons: string;
  /** Electron as it was unpacked for this system. */
  readonly electron: string;
}

/** electron-builder's settings; src/main/packaging/package.ts hands them over, so there is no file of them at the root. */
export function packageConfig({ root, output, icons, electron }: PackageConfigOptions): Configuration {
  return {
    appId: APP_ID,
    productName: 'Cellwright',
    // No site yet; the deb format wants one.
    extraMetadata: { homepage: 'https://cellwright.invalid', author: 'The Cellwright authors' },
    directories: { app: root, output, buildResources: icons },
    electronDist: electron,
    icon: `${icons}/1024x1024.png`,
    files: [
      'package.json',
      'out/main/**',
      'out/preload/**',
      'out/renderer/**',
      'src/main/setup/native/**',
      '!**/.sources',
      '!node_modules/**',
      ...NATIVE_PACKAGES.map((name) => `node_modules/${name}/**`),
      '!node_modules/better-sqlite3/{deps,src,binding.gyp}',
      '!node_modules/sharp/{src,install}',
      '!**/*.{map,d.ts,md}',
    ],
    asar: true,
    // What a plain Node starts or reads, and what the system's loader opens, can't lie inside of the archive.
    asarUnpack: [
      'out/main/**',
      'src/main/setup/native/**',
      ...NATIVE_PACKAGES.map((name) => `node_modules/${name}/**`),
    ],
    // Native parts are Node-API builds that come with their packages: they fit Electron as they are.
    npmRebuild: false,
    nodeGypRebuild: false,
    afterPack: setFuses,
    protocols: { name: 'Cellwright', schemes: [LINK_SCHEME] },
    publish: null,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: electron-builder fills them in.
    artifactName: 'cellwright-${version}-${os}-${arch}.${ext}',
    linux: {
      target: ['AppImage', 'deb'],
      executableName: 'cellwright',
      category: 'Science',
      synopsis: 'Searches for neural network cells',
      maintainer: 'The Cellwright authors <authors@cellwright.invalid>',
      icon: icons,
    },
    win: { target: 'nsis' },
    nsis: { oneClick: false, perMachine: false, allowToChangeInstallationDirectory: true },
    mac: { target: 'dmg', category: 'public.app-category.developer-tools', hardenedRuntime: true },
  };
}
