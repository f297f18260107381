#include "stand-in.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// SCSITaskLib: a plug-in with two faces (IOCFPlugInInterface, MMCDeviceInterface) that share one count of references,
// the SCSITaskDeviceInterface, which has exclusive access, and tasks. A caller holds a pointer to a Face; the first
// thing in it is the pointer to the table.
typedef enum { PLUG_IN = 1, MMC_DEVICE, TASK_DEVICE, TASK } FaceKind;
typedef struct Face { const void *table; FaceKind kind; struct Interface *of; } Face;
typedef struct Interface {
  Face faces[2];
  int references, children, busy;
  struct Interface *parent;
  Drive *drive;
  Command command;
  bool hasCdb, hasTimeout, hasRun;
  const IOAddressRange *list;
  uint8_t listCount;
} Interface;

#define MOST_INTERFACES 256
static Interface *interfaces[MOST_INTERFACES];
static const char *const NAMES[] = {"", "IOCFPlugInInterface", "MMCDeviceInterface", "SCSITaskDeviceInterface", "SCSITaskInterface"};

static CFUUIDBytes uuid(const char *text) {
  CFUUIDBytes bytes;
  for (int index = 0; index < 16; text++) {
    unsigned byte;
    if (*text == '-') continue;
    sscanf(text++, "%2x", &byte);
    bytes.byte[index++] = byte;
  }
  return bytes;
}
static bool same(CFUUIDBytes one, const char *text) { CFUUIDBytes other = uuid(text); return !memcmp(&one, &other, sizeof one); }

static Interface *newInterface(Interface *parent, Drive *drive) {
  for (int index = 0; index < MOST_INTERFACES; index++) {
    if (interfaces[index]) continue;
    Interface *made = interfaces[index] = calloc(1, sizeof *made);
    made->references = 1;
    made->drive = drive;
    if ((made->parent = parent)) parent->children++;
    return made;
  }
  misuse("%d interfaces were never released", MOST_INTERFACES);
  return NULL;
}
static Interface *face(void *self, FaceKind kind, const char *by) {
  for (int index = 0; index < MOST_INTERFACES; index++)
    for (int side = 0; interfaces[index] && side < 2; side++)
      if (self == &interfaces[index]->faces[side] && interfaces[index]->faces[side].kind) {
        FaceKind is = interfaces[index]->faces[side].kind;
        if (kind && is != kind) misuse("%s: a %s where a %s belongs", by, NAMES[is], NAMES[kind]);
        return interfaces[index];
      }
  misuse("%s: %p is no interface, or was released", by, self);
  return NULL;
}
int liveInterfaces(char *names, size_t size) {
  int live = 0;
  for (int index = 0; index < MOST_INTERFACES; index++) {
    if (!interfaces[index]) continue;
    live++;
    size_t used = strlen(names);
    snprintf(names + used, size - used, "%s ", NAMES[interfaces[index]->faces[0].kind]);
  }
  return live;
}

// ---- IUnknown
static uint32_t addRef(void *self) {
  pthread_mutex_lock(&lock);
  uint32_t now = ++face(self, 0, "AddRef")->references;
  pthread_mutex_unlock(&lock);
  return now;
}
static uint32_t drop(Interface *of, const char *by) {
  const char *name = NAMES[of->faces[0].kind];
  if (of->busy) misuse("%s of a %s with a command under way", by, name);
  if (--of->references) return of->references;
  if (of->children) misuse("%s of a %s before what it gave out", by, name);
  if (of->drive->owner == of) misuse("%s of a %s that still has exclusive access", by, name);
  if (of->parent) of->parent->children--;
  for (int index = 0; index < MOST_INTERFACES; index++) if (interfaces[index] == of) interfaces[index] = NULL;
  // Kept a while, so that a call through what was released still arrives, and is found out.
  static Interface *released[1024];
  static unsigned next;
  free(released[next % 1024]);
  released[next++ % 1024] = of;
  return 0;
}
static uint32_t release(void *self) {
  pthread_mutex_lock(&lock);
  uint32_t left = drop(face(self, 0, "Release"), "Release");
  pthread_mutex_unlock(&lock);
  return left;
}
static HRESULT queryInterface(void *self, CFUUIDBytes id, void **out) {
  pthread_mutex_lock(&lock);
  Interface *of = face(self, 0, "QueryInterface");
  if (of->faces[0].kind != PLUG_IN || !same(id, "1F651106-23CC-11D5-BBDB-003065704866")) {
    *out = NULL;
    misuse("QueryInterface: %02X%02X%02X%02X-… is no interface of a %s", id.byte[0], id.byte[1], id.byte[2], id.byte[3], NAMES[of->faces[0].kind]);
  }
  of->references++;
  *out = &of->faces[1];
  note("QueryInterface MMCDeviceInterface");
  pthread_mutex_unlock(&lock);
  return 0;
}
#define HEAD void *reserved; HRESULT (*QueryInterface)(void *, CFUUIDBytes, void **); \
  uint32_t (*AddRef)(void *), (*Release)(void *); uint16_t version, revision
#define HEAD_FUNCTIONS .QueryInterface = queryInterface, .AddRef = addRef, .Release = release, .version = 1

// ---- SCSITaskInterface
static Interface *task(void *self, const char *by) { return face(self, TASK, by); }

static IOReturn setCdb(void *self, const uint8_t *cdb, uint8_t size) {
  pthread_mutex_lock(&lock);
  Interface *of = task(self, "SetCommandDescriptorBlock");
  if (size != 6 && size != 10 && size != 12 && size != 16) misuse("SetCommandDescriptorBlock: %u bytes", size);
  memset(of->command.cdb, 0, sizeof of->command.cdb);
  memcpy(of->command.cdb, cdb, of->command.cdbLength = size);
  of->hasCdb = true;
  pthread_mutex_unlock(&lock);
  return 0;
}
static IOReturn setList(void *self, const IOAddressRange *list, uint8_t count, uint64_t length, uint8_t direction) {
  pthread_mutex_lock(&lock);
  Interface *of = task(self, "SetScatterGatherEntries");
  if (!list || !count || !length || (direction != 1 && direction != 2)) misuse("SetScatterGatherEntries: %u entries, %lu bytes, direction %u", count, length, direction);
  // As SCSITaskLib does, the list is not copied: it must be there until the task has run.
  of->list = list;
  of->listCount = count;
  of->command.length = length;
  of->command.direction = direction;
  pthread_mutex_unlock(&lock);
  return 0;
}
static IOReturn setTimeout(void *self, uint32_t ms) {
  pthread_mutex_lock(&lock);
  Interface *of = task(self, "SetTimeoutDuration");
  if (ms == 0) misuse("SetTimeoutDuration: for ever");
  of->command.timeoutMs = ms;
  of->hasTimeout = true;
  pthread_mutex_unlock(&lock);
  return 0;
}
static IOReturn executeSync(void *self, SCSI_Sense_Data *sense, SCSITaskStatus *status, uint64_t *moved) {
  pthread_mutex_lock(&lock);
  Interface *of = task(self, "ExecuteTaskSync");
  if (!of->hasCdb || !of->hasTimeout) misuse("ExecuteTaskSync: no CDB or no time limit");
  if (of->hasRun) misuse("ExecuteTaskSync: the task was not reset after it had run");
  if (of->drive->owner != of->parent) misuse("ExecuteTaskSync: without exclusive access");
  uint64_t listed = 0;
  for (int index = 0; index < of->listCount; index++) listed += of->list[index].length;
  if (listed != of->command.length) misuse("ExecuteTaskSync: the list has %lu bytes, the transfer %lu", listed, of->command.length);
  of->busy = 1;
  of->hasRun = true;
  pthread_mutex_unlock(&lock);

  Command *command = &of->command;
  uint8_t *at = command->data = malloc(command->length + 1);
  for (int index = 0; command->direction == 1 && index < of->listCount; at += of->list[index++].length) memcpy(at, (void *)of->list[index].address, of->list[index].length);
  memset(at, 0, command->length - (at - command->data));
  carryOut(of->drive, command);
  at = command->data;
  uint64_t left = command->moved;
  for (int index = 0; command->direction == 2 && left && index < of->listCount; index++) {
    uint64_t part = left < of->list[index].length ? left : of->list[index].length;
    memcpy((void *)of->list[index].address, at, part);
    at += part;
    left -= part;
  }
  free(command->data);
  command->data = NULL;
  // Sense data come only with a CHECK CONDITION.
  if (sense && command->serviceResponse == TASK_COMPLETE && command->taskStatus == CHECK_CONDITION) *sense = command->sense;
  if (status) *status = command->taskStatus;
  if (moved) *moved = command->moved;
  pthread_mutex_lock(&lock);
  of->busy = 0;
  note("ExecuteTaskSync %02X: %x response %u status %u", command->cdb[0], command->result, command->serviceResponse, command->taskStatus);
  pthread_mutex_unlock(&lock);
  return command->result;
}
static IOReturn serviceResponse(void *self, uint32_t *to) {
  pthread_mutex_lock(&lock);
  *to = task(self, "GetSCSIServiceResponse")->command.serviceResponse;
  pthread_mutex_unlock(&lock);
  return 0;
}
static void notStoodIn(void) { misuse("a function that is not stood in for"); }

// The members in the order of SCSITaskLib.h.
typedef struct { HEAD; void *IsTaskActive, *SetTaskAttribute, *GetTaskAttribute, *SetCommandDescriptorBlock,
  *GetCommandDescriptorBlockSize, *GetCommandDescriptorBlock, *SetScatterGatherEntries, *SetTimeoutDuration,
  *GetTimeoutDuration, *SetTaskCompletionCallback, *ExecuteTaskAsync, *ExecuteTaskSync, *AbortTask,
  *GetSCSIServiceResponse, *GetTaskState, *GetTaskStatus, *GetRealizedDataTransferCount, *GetAutoSenseData,
  *SetAutoSenseDataBuffer, *ResetForNewTask; } SCSITaskInterface;
static const SCSITaskInterface taskTable = { HEAD_FUNCTIONS, .IsTaskActive = notStoodIn, .SetTaskAttribute = notStoodIn,
  .GetTaskAttribute = notStoodIn, .SetCommandDescriptorBlock = setCdb, .GetCommandDescriptorBlockSize = notStoodIn,
  .GetCommandDescriptorBlock = notStoodIn, .SetScatterGatherEntries = setList, .SetTimeoutDuration = setTimeout,
  .GetTimeoutDuration = notStoodIn, .SetTaskCompletionCallback = notStoodIn, .ExecuteTaskAsync = notStoodIn,
  .ExecuteTaskSync = executeSync, .AbortTask = notStoodIn, .GetSCSIServiceResponse = serviceResponse,
  .GetTaskState = notStoodIn, .GetTaskStatus = notStoodIn, .GetRealizedDataTransferCount = notStoodIn,
  .GetAutoSenseData = notStoodIn, .SetAutoSenseDataBuffer = notStoodIn, .ResetForNewTask = notStoodIn };
_Static_assert(sizeof taskTable == 200, "as on 64-bit macOS");

// ---- SCSITaskDeviceInterface
static IOReturn obtain(void *self) {
  pthread_mutex_lock(&lock);
  Interface *of = face(self, TASK_DEVICE, "ObtainExclusiveAccess");
  Drive *drive = of->drive;
  IOReturn result = 0;
  if (drive->owner == of) misuse("ObtainExclusiveAccess: obtained twice");
  if (drive->gone) result = kIOReturnNoDevice;
  else if (drive->held || drive->owner) result = kIOReturnExclusiveAccess;
  else if (drive->mount[0]) result = kIOReturnBusy;
  else drive->owner = of;
  note("ObtainExclusiveAccess %s: %x", drive->disk, result);
  pthread_mutex_unlock(&lock);
  return result;
}
static IOReturn giveUp(void *self) {
  pthread_mutex_lock(&lock);
  Interface *of = face(self, TASK_DEVICE, "ReleaseExclusiveAccess");
  if (of->drive->owner != of) misuse("ReleaseExclusiveAccess: without exclusive access");
  if (of->children) misuse("ReleaseExclusiveAccess: with tasks left");
  of->drive->owner = NULL;
  if (of->drive->remountsItself) strcpy(of->drive->mount, "/Volumes/ByItself");
  note("ReleaseExclusiveAccess %s", of->drive->disk);
  pthread_mutex_unlock(&lock);
  return 0;
}
static Face *createTask(void *self) {
  pthread_mutex_lock(&lock);
  Interface *of = face(self, TASK_DEVICE, "CreateSCSITask");
  if (of->drive->owner != of) misuse("CreateSCSITask: without exclusive access");
  Interface *made = newInterface(of, of->drive);
  made->faces[0] = (Face){&taskTable, TASK, made};
  pthread_mutex_unlock(&lock);
  return &made->faces[0];
}
typedef struct { HEAD; void *IsExclusiveAccessAvailable, *AddCallbackDispatcherToRunLoop,
  *RemoveCallbackDispatcherFromRunLoop, *ObtainExclusiveAccess, *ReleaseExclusiveAccess, *CreateSCSITask; } SCSITaskDeviceInterface;
static const SCSITaskDeviceInterface taskDeviceTable = { HEAD_FUNCTIONS, .IsExclusiveAccessAvailable = notStoodIn,
  .AddCallbackDispatcherToRunLoop = notStoodIn, .RemoveCallbackDispatcherFromRunLoop = notStoodIn,
  .ObtainExclusiveAccess = obtain, .ReleaseExclusiveAccess = giveUp, .CreateSCSITask = createTask };
_Static_assert(sizeof taskDeviceTable == 88, "as on 64-bit macOS");

// ---- MMCDeviceInterface: the CDBs are those that the kernel's user client builds
static IOReturn send(void *self, const char *name, const uint8_t cdb[12], uint8_t cdbLength, void *buffer, uint32_t size, SCSITaskStatus *status, SCSI_Sense_Data *sense) {
  pthread_mutex_lock(&lock);
  Interface *of = face(self, MMC_DEVICE, name);
  if (!status || !sense || (size && !buffer)) misuse("%s: no room for status, sense data or the reply", name);
  bool taken = of->drive->held || of->drive->owner;
  of->busy++;
  pthread_mutex_unlock(&lock);
  Command command = {.cdbLength = cdbLength, .direction = size ? 2 : 0, .timeoutMs = 30000, .length = size};
  memcpy(command.cdb, cdb, cdbLength);
  *status = 0xFF;                        // kSCSITaskStatus_No_Status
  if (taken) command.result = kIOReturnExclusiveAccess;
  else {
    command.data = calloc(1, size + 1);
    carryOut(of->drive, &command);
    if (size) memcpy(buffer, command.data, command.moved);
    free(command.data);
    *status = command.taskStatus;
    if (command.serviceResponse == TASK_COMPLETE && command.taskStatus == CHECK_CONDITION) *sense = command.sense;
    if (!command.result && command.serviceResponse != TASK_COMPLETE) command.result = kIOReturnIOError;
  }
  pthread_mutex_lock(&lock);
  of->busy--;
  note("%s: %x status %u", name, command.result, *status);
  pthread_mutex_unlock(&lock);
  return command.result;
}
#define BE16(value) (uint8_t)((value) >> 8), (uint8_t)(value)
#define BE32(value) (uint8_t)((value) >> 24), (uint8_t)((value) >> 16), BE16(value)
#define SEND(length, size, ...) return send(self, __func__, (const uint8_t[12]){__VA_ARGS__}, length, buffer, size, status, sense)
#define OUTCOME SCSITaskStatus *status, SCSI_Sense_Data *sense
static void within(uint32_t value, uint32_t mask, const char *by) { if (value & ~mask) misuse("%s: parameter %x", by, value); }

static IOReturn Inquiry(void *self, void *buffer, uint32_t size, OUTCOME) { within(size, 0xFF, __func__); SEND(6, size, 0x12, 0, 0, 0, size); }
static IOReturn TestUnitReady(void *self, OUTCOME) { void *buffer = NULL; SEND(6, 0, 0); }
static IOReturn GetConfiguration(void *self, uint8_t rt, uint16_t feature, void *buffer, uint16_t size, OUTCOME) {
  if (rt > 2) misuse("GetConfiguration: RT %u", rt);
  SEND(10, size, 0x46, rt, BE16(feature), 0, 0, 0, BE16(size));
}
static IOReturn ModeSense10(void *self, uint8_t llbaa, uint8_t dbd, uint8_t pc, uint8_t page, void *buffer, uint16_t size, OUTCOME) {
  within(llbaa, 1, __func__); within(dbd, 1, __func__); within(pc, 3, __func__); within(page, 0x3F, __func__);
  SEND(10, size, 0x5A, llbaa << 4 | dbd << 3, pc << 6 | page, 0, 0, 0, 0, BE16(size));
}
static IOReturn ReadTableOfContents(void *self, uint8_t msf, uint8_t format, uint8_t track, void *buffer, uint16_t size, OUTCOME) {
  within(msf, 1, __func__); within(format, 0xF, __func__);
  // Below format 4 the kernel uses the form of SFF-8020i.
  if (format & 4) SEND(10, size, 0x43, msf << 1, format, 0, 0, 0, track, BE16(size));
  SEND(10, size, 0x43, msf << 1, 0, 0, 0, 0, track, BE16(size), (format & 3) << 6);
}
static IOReturn ReadDiscInformation(void *self, void *buffer, uint16_t size, OUTCOME) { SEND(10, size, 0x51, 0, 0, 0, 0, 0, 0, BE16(size)); }
static IOReturn ReadDiscInformationV2(void *self, uint8_t type, void *buffer, uint16_t size, OUTCOME) { within(type, 7, __func__); SEND(10, size, 0x51, type, 0, 0, 0, 0, 0, BE16(size)); }
static IOReturn ReadTrackInformation(void *self, uint8_t type, uint32_t number, void *buffer, uint16_t size, OUTCOME) {
  within(type, 3, __func__);
  SEND(10, size, 0x52, type, BE32(number), 0, BE16(size));
}
static IOReturn ReadTrackInformationV2(void *self, uint8_t open, uint8_t type, uint32_t number, void *buffer, uint16_t size, OUTCOME) {
  within(open, 1, __func__); within(type, 3, __func__);
  SEND(10, size, 0x52, open << 2 | type, BE32(number), 0, BE16(size));
}
static IOReturn ReadDVDStructure(void *self, uint32_t address, uint8_t layer, uint8_t format, void *buffer, uint16_t size, OUTCOME) { SEND(12, size, 0xAD, 0, BE32(address), layer, format, BE16(size)); }
static IOReturn ReadDiscStructure(void *self, uint8_t media, uint32_t address, uint8_t layer, uint8_t format, void *buffer, uint16_t size, OUTCOME) {
  within(media, 0xF, __func__);
  SEND(12, size, 0xAD, media, BE32(address), layer, format, BE16(size));
}
static IOReturn GetPerformanceV2(void *self, uint8_t dataType, uint32_t lba, uint16_t descriptors, uint8_t type, void *buffer, uint16_t size, OUTCOME) {
  within(dataType, 0x1F, __func__);
  SEND(12, size, 0xAC, dataType, BE32(lba), 0, 0, BE16(descriptors), type);
}
static IOReturn ReadFormatCapacities(void *self, void *buffer, uint16_t size, OUTCOME) { SEND(10, size, 0x23, 0, 0, 0, 0, 0, 0, BE16(size)); }

static Face *taskDevice(void *self) {
  pthread_mutex_lock(&lock);
  Interface *of = face(self, MMC_DEVICE, "GetSCSITaskDeviceInterface");
  Interface *made = newInterface(of, of->drive);
  made->faces[0] = (Face){&taskDeviceTable, TASK_DEVICE, made};
  pthread_mutex_unlock(&lock);
  return &made->faces[0];
}
typedef struct { HEAD; void *Inquiry, *TestUnitReady, *GetPerformance, *GetConfiguration, *ModeSense10,
  *SetWriteParametersModePage, *GetTrayState, *SetTrayState, *ReadTableOfContents, *ReadDiscInformation,
  *ReadTrackInformation, *ReadDVDStructure, *GetSCSITaskDeviceInterface, *GetPerformanceV2, *SetCDSpeed,
  *ReadFormatCapacities, *ReadDiscStructure, *ReadDiscInformationV2, *ReadTrackInformationV2, *SetStreaming; } MMCDeviceInterface;
static const MMCDeviceInterface mmcDeviceTable = { HEAD_FUNCTIONS, .Inquiry = Inquiry, .TestUnitReady = TestUnitReady,
  .GetPerformance = notStoodIn, .GetConfiguration = GetConfiguration, .ModeSense10 = ModeSense10,
  .SetWriteParametersModePage = notStoodIn, .GetTrayState = notStoodIn, .SetTrayState = notStoodIn,
  .ReadTableOfContents = ReadTableOfContents, .ReadDiscInformation = ReadDiscInformation,
  .ReadTrackInformation = ReadTrackInformation, .ReadDVDStructure = ReadDVDStructure,
  .GetSCSITaskDeviceInterface = taskDevice, .GetPerformanceV2 = GetPerformanceV2, .SetCDSpeed = notStoodIn,
  .ReadFormatCapacities = ReadFormatCapacities, .ReadDiscStructure = ReadDiscStructure,
  .ReadDiscInformationV2 = ReadDiscInformationV2, .ReadTrackInformationV2 = ReadTrackInformationV2, .SetStreaming = notStoodIn };

// ---- IOCFPlugInInterface
typedef struct { HEAD; void *Probe, *Start, *Stop; } IOCFPlugInInterface;
static const IOCFPlugInInterface plugInTable = { HEAD_FUNCTIONS, .Probe = notStoodIn, .Start = notStoodIn, .Stop = notStoodIn };

IOReturn IOCreatePlugInInterfaceForService(io_object_t service, CFTypeRef type, CFTypeRef interface, void **out, int32_t *score) {
  pthread_mutex_lock(&lock);
  Drive *drive = serviceDrive(service, __func__);
  if (!same(checked(type, UUID, __func__)->uuid, "97ABCF2C-23CC-11D5-A0E8-003065704866")) misuse("%s: wrong UUID for the type", __func__);
  if (!same(checked(interface, UUID, __func__)->uuid, "C244E858-109C-11D4-91D4-0050E4C6426F")) misuse("%s: wrong UUID for the interface", __func__);
  IOReturn result = drive->gone ? kIOReturnNoDevice : drive->reader ? kIOReturnUnsupported : 0;
  if (!result) {
    Interface *made = newInterface(NULL, drive);
    made->faces[0] = (Face){&plugInTable, PLUG_IN, made};
    made->faces[1] = (Face){&mmcDeviceTable, MMC_DEVICE, made};
    *out = &made->faces[0];
    *score = 0;
  }
  note("IOCreatePlugInInterfaceForService %s: %x", drive->path, result);
  pthread_mutex_unlock(&lock);
  return result;
}
IOReturn IODestroyPlugInInterface(void *self) {
  pthread_mutex_lock(&lock);
  drop(face(self, PLUG_IN, __func__), __func__);
  pthread_mutex_unlock(&lock);
  return 0;
}

/** Where the members are, for the table that the tests compare with: the name of a line, then its numbers. */
int stand_in_structures(char *buffer, size_t size) {
  int used = 0;
#define LINE(...) used += snprintf(buffer + used, size - used, __VA_ARGS__)
#define TABLE(type) LINE(#type " . %zu\n", sizeof(type))
#define MEMBER(type, name) LINE(#type " " #name " %zu\n", offsetof(type, name))
  TABLE(IOCFPlugInInterface); MEMBER(IOCFPlugInInterface, QueryInterface); MEMBER(IOCFPlugInInterface, AddRef);
  MEMBER(IOCFPlugInInterface, Release); MEMBER(IOCFPlugInInterface, Probe); MEMBER(IOCFPlugInInterface, Start);
  MEMBER(IOCFPlugInInterface, Stop);
#define M(name) MEMBER(MMCDeviceInterface, name)
  TABLE(MMCDeviceInterface); M(QueryInterface); M(AddRef); M(Release); M(Inquiry); M(TestUnitReady); M(GetPerformance);
  M(GetConfiguration); M(ModeSense10); M(SetWriteParametersModePage); M(GetTrayState); M(SetTrayState);
  M(ReadTableOfContents); M(ReadDiscInformation); M(ReadTrackInformation); M(ReadDVDStructure);
  M(GetSCSITaskDeviceInterface); M(GetPerformanceV2); M(SetCDSpeed); M(ReadFormatCapacities); M(ReadDiscStructure);
  M(ReadDiscInformationV2); M(ReadTrackInformationV2); M(SetStreaming);
#define D(name) MEMBER(SCSITaskDeviceInterface, name)
  TABLE(SCSITaskDeviceInterface); D(QueryInterface); D(AddRef); D(Release); D(IsExclusiveAccessAvailable);
  D(AddCallbackDispatcherToRunLoop); D(RemoveCallbackDispatcherFromRunLoop); D(ObtainExclusiveAccess);
  D(ReleaseExclusiveAccess); D(CreateSCSITask);
#define T(name) MEMBER(SCSITaskInterface, name)
  TABLE(SCSITaskInterface); T(QueryInterface); T(AddRef); T(Release); T(IsTaskActive); T(SetTaskAttribute);
  T(GetTaskAttribute); T(SetCommandDescriptorBlock); T(GetCommandDescriptorBlockSize); T(GetCommandDescriptorBlock);
  T(SetScatterGatherEntries); T(SetTimeoutDuration); T(GetTimeoutDuration); T(SetTaskCompletionCallback);
  T(ExecuteTaskAsync); T(ExecuteTaskSync); T(AbortTask); T(GetSCSIServiceResponse); T(GetTaskState); T(GetTaskStatus);
  T(GetRealizedDataTransferCount); T(GetAutoSenseData); T(SetAutoSenseDataBuffer); T(ResetForNewTask);
  TABLE(CFUUIDBytes); MEMBER(CFUUIDBytes, byte);
  TABLE(IOAddressRange); MEMBER(IOAddressRange, address); MEMBER(IOAddressRange, length);
  return used;
}
