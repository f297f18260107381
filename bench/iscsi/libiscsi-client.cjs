/**
 * A plain reader or writer on libiscsi, in a process of its own: one command after the other, as most programs do it.
 *
 *   node libiscsi-client.cjs read|write PORT TARGET LUN BYTES BLOCKS_PER_COMMAND
 *
 * Prints the milliseconds that it took.
 */
const koffi = require('koffi')

const [direction, port, target, lun, bytes, blocks] = process.argv.slice(2)
const library = koffi.load('libiscsi.so.7')
koffi.struct('iscsi_data', { size: 'size_t', data: 'void *' })
const createContext = library.func('void *iscsi_create_context(const char *initiator)')
const setTarget = library.func('int iscsi_set_targetname(void *iscsi, const char *name)')
const setSession = library.func('int iscsi_set_session_type(void *iscsi, int type)')
const setDigest = library.func('int iscsi_set_header_digest(void *iscsi, int digest)')
const connect = library.func('int iscsi_full_connect_sync(void *iscsi, const char *portal, int lun)')
const createTask = library.func('void *scsi_create_task(int size, void *cdb, int direction, int length)')
const command = library.func('void *iscsi_scsi_command_sync(void *iscsi, int lun, void *task, iscsi_data *data)')
const free = library.func('void scsi_free_scsi_task(void *task)')
const errorOf = library.func('const char *iscsi_get_error(void *iscsi)')
const logout = library.func('int iscsi_logout_sync(void *iscsi)')

const NORMAL_SESSION = 2
const [READ, WRITE] = [1, 2]
const context = createContext('iqn.2026-01.org.example:reader')
setTarget(context, target)
setSession(context, NORMAL_SESSION)
setDigest(context, 0)
if (connect(context, `127.0.0.1:${port}`, Number(lun)) !== 0) throw new Error(errorOf(context))

const perCommand = Number(blocks)
const length = perCommand * 2048
const count = Math.floor(Number(bytes) / length)
const data = direction === 'write' ? { size: length, data: Buffer.alloc(length, 0x5a) } : null
const cdb = Buffer.alloc(16)
cdb[0] = direction === 'write' ? 0x2a : 0x28
cdb.writeUInt16BE(perCommand, 7)
const begun = process.hrtime.bigint()
for (let index = 0; index < count; index++) {
  cdb.writeUInt32BE(index * perCommand, 2)
  const task = createTask(10, cdb, direction === 'write' ? WRITE : READ, length)
  const done = command(context, Number(lun), task, data)
  const status = done ? koffi.decode(done, 'int') : -1
  if (status !== 0) throw new Error(`${direction} at ${index * perCommand}: status ${status} ${errorOf(context)}`)
  free(task)
}
process.stdout.write(`${Number(process.hrtime.bigint() - begun) / 1e6}\n`)
logout(context)
