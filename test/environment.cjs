const { TestEnvironment } = require('jest-environment-node')

/**
 * Jest gives each test file modules of its own, and all files run in one process. Native code is loaded once a process:
 * ffi-napi, initialised a second time, leaves libuv a list that never ends. So the packages with native code are taken
 * from outside of jest's registry; see native/.
 */
module.exports = class Environment extends TestEnvironment {
  constructor(config, context) {
    super(config, context)
    this.global[Symbol.for('scsi-mmc.require')] = require
  }
}
