/** What is pinned of TensorFlow: one wheel of a kind and machine, and for CUDA the libraries that it loads. */

export const TENSORFLOW_VERSION = '2.21.0';

export interface Wheel {
  readonly name: string;
  readonly version: string;
  /** Of the wheel, lower-case hexadecimal. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

export type TensorFlowBuild = 'cpu' | 'cuda';

export interface TensorFlowPin {
  readonly build: TensorFlowBuild;
  /** pip's names of the platforms whose wheels will do. */
  readonly platforms: readonly string[];
  /** The first one is TensorFlow itself. */
  readonly wheels: readonly Wheel[];
  /** What the unpacked part takes on disk. */
  readonly unpackedBytes: number;
}

const X64 = ['manylinux_2_27_x86_64', 'manylinux_2_17_x86_64', 'manylinux2014_x86_64', 'manylinux_2_12_x86_64'];

/** The libraries that the wheel's `and-cuda` extra names, newest of their line: CUDA 12.9, cuDNN 9. */
const CUDA_LIBRARIES: readonly Wheel[] = [
  {
    name: 'nvidia-cublas-cu12',
    version: '12.9.3.13',
    sha256: 'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72',
    sizeBytes: 581_217_458,
  },
  {
    name: 'nvidia-cuda-cupti-cu12',
    version: '12.8.90',
    sha256: 'ea0cb07ebda26bb9b29ba82cda34849e73c166c18162d3913575b0c9db9a6182',
    sizeBytes: 10_248_621,
  },
  {
    name: 'nvidia-cuda-nvcc-cu12',
    version: '12.9.86',
    sha256: '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0',
    sizeBytes: 40_546_229,
  },
  {
    name: 'nvidia-cuda-nvrtc-cu12',
    version: '12.9.86',
    sha256: '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4',
    sizeBytes: 89_568_129,
  },
  {
    name: 'nvidia-cuda-runtime-cu12',
    version: '12.9.79',
    sha256: '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3',
    sizeBytes: 3_493_179,
  },
  {
    name: 'nvidia-cudnn-cu12',
    version: '9.28.0.42',
    sha256: '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375',
    sizeBytes: 716_538_495,
  },
  {
    name: 'nvidia-cufft-cu12',
    version: '11.4.1.4',
    sha256: 'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28',
    sizeBytes: 200_877_592,
  },
  {
    name: 'nvidia-curand-cu12',
    version: '10.3.10.19',
    sha256: '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e',
    sizeBytes: 68_295_626,
  },
  {
    name: 'nvidia-cusolver-cu12',
    version: '11.7.5.82',
    sha256: '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88',
    sizeBytes: 338_117_415,
  },
  {
    name: 'nvidia-cusparse-cu12',
    version: '12.5.10.65',
    sha256: '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78',
    sizeBytes: 366_465_088,
  },
  {
    name: 'nvidia-nccl-cu12',
    version: '2.32.3',
    sha256: 'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c',
    sizeBytes: 351_526_311,
  },
  {
    name: 'nvidia-nvjitlink-cu12',
    version: '12.9.86',
    sha256: 'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9',
    sizeBytes: 39_748_338,
  },
];

const CPU_X64: TensorFlowPin = {
  build: 'cpu',
  platforms: X64,
  wheels: [
    {
      name: 'tensorflow-cpu',
      version: TENSORFLOW_VERSION,
      sha256: 'dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb',
      sizeBytes: 274_000_871,
    },
  ],
  unpackedBytes: 854_000_000,
};

const CUDA_X64: TensorFlowPin = {
  build: 'cuda',
  platforms: X64,
  wheels: [
    {
      name: 'tensorflow',
      version: TENSORFLOW_VERSION,
      sha256: 'b3b95643c4e70eb925839938fb35cbe142f317ec84af6844ee61513713bb13c0',
      sizeBytes: 572_611_111,
    },
    ...CUDA_LIBRARIES,
  ],
  unpackedBytes: 5_680_000_000,
};

/** On this processor the plain wheel is the CPU build, and none with CUDA is published. */
const CPU_ARM64: TensorFlowPin = {
  build: 'cpu',
  platforms: ['manylinux_2_27_aarch64', 'manylinux_2_17_aarch64', 'manylinux2014_aarch64'],
  wheels: [
    {
      name: 'tensorflow',
      version: TENSORFLOW_VERSION,
      sha256: 'b07d15737406533898e36c7ef7944b1be18e9028dc521b9229952c537bbc5552',
      sizeBytes: 281_946_471,
    },
  ],
  unpackedBytes: 884_000_000,
};

/** The pin for this machine, or null where the package's own prebuilt library is used instead (macOS, Windows). */
export function tensorflowPin(platform: string, processor: string, build: TensorFlowBuild): TensorFlowPin | null {
  if (platform !== 'linux') return null;
  if (processor === 'x64') return build === 'cuda' ? CUDA_X64 : CPU_X64;
  return processor === 'arm64' ? CPU_ARM64 : null;
}
