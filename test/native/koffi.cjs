module.exports = (globalThis[Symbol.for('scsi-mmc.require')] ?? require)('koffi')
