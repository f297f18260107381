/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: '<rootDir>/test/environment.cjs',
  // See test/environment.cjs.
  moduleNameMapper: { '^(koffi|ffi-napi|ref-napi|ref-struct-di)$': '<rootDir>/test/native/$1.cjs' },
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/vm/'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  // What ends here hangs. A machine that is busy with other things takes ten times as long for the longest as an idle one.
  testTimeout: 300_000,
  // Many tests wait for disks and sockets: every core is worth a worker.
  maxWorkers: '100%',
}
