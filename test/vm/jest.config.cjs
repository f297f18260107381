const everyday = require('../../jest.config.cjs')

/** The tests that run inside the virtual machine, where everything takes ten to fifty times as long. */
module.exports = {
  ...everyday,
  rootDir: '../..',
  // The fewer folders are searched, the sooner it begins; suites name their files.
  roots: ['<rootDir>/test/vm'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 900_000,
  testSequencer: '<rootDir>/test/vm/sequencer.cjs',
  reporters: ['default', '<rootDir>/test/vm/count-reporter.cjs'],
}
