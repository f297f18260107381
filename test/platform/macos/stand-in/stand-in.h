// A stand-in for the parts of macOS that drives need, on Linux: IOKit with SCSITaskLib, CoreFoundation, DiskArbitration
// and dispatch queues, with the ABI of 64-bit macOS. The declarations are written after Apple's documentation.
#pragma once
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int32_t IOReturn, HRESULT, DAReturn;
typedef uint32_t io_object_t;
typedef unsigned char Boolean;
typedef const void *CFTypeRef;
typedef struct { uint8_t byte[16]; } CFUUIDBytes;
typedef struct { uint64_t address, length; } IOAddressRange;
typedef struct { uint8_t bytes[18]; } SCSI_Sense_Data;
typedef uint32_t SCSITaskStatus;

#define IOKIT(low) ((IOReturn)(0xE0000000u | (low)))
enum {
  kIOReturnNoDevice = (int)0xE00002C0, kIOReturnBadArgument = (int)0xE00002C2, kIOReturnExclusiveAccess = (int)0xE00002C5,
  kIOReturnUnsupported = (int)0xE00002C7, kIOReturnIOError = (int)0xE00002CA, kIOReturnBusy = (int)0xE00002D5,
  kIOReturnNotPermitted = (int)0xE00002E2, E_NOINTERFACE = (int)0x80000004,
  kDAReturnBusy = (int)0xF8DA0002, kDAReturnNotFound = (int)0xF8DA0006, kDAReturnNotMounted = (int)0xF8DA0007,
};
enum { TASK_DELIVERY_FAILURE = 1, TASK_COMPLETE = 2 };
enum { GOOD = 0, CHECK_CONDITION = 2, TASK_TIMEOUT = 1, DEVICE_NOT_PRESENT = 4, DELIVERY_FAILURE = 5 };

// ---- notes.c: what was called, and what was done wrong. A misuse ends the process.
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));
void misuse(const char *format, ...) __attribute__((format(printf, 1, 2)));
extern pthread_mutex_t lock;

// ---- machine.c: the drives of the machine that is stood in for
#define MOST_DRIVES 8
typedef struct {
  char class[64], disk[32], path[256], vendor[64], product[64], revision[64], mount[256], backend[256];
  bool reader, held, refusesUnmount, remountsItself, gone;
  long largestTransfer;
  void *owner;               // the SCSITaskDevice that has exclusive access
} Drive;
extern Drive drives[MOST_DRIVES];
extern int driveCount;
void configure(const char *text);
bool hasMedia(const Drive *drive);

// ---- backend.c: a command to what is behind a drive
typedef struct {
  uint8_t cdb[16], cdbLength, direction;
  uint32_t timeoutMs;
  uint8_t *data;
  uint64_t length;
  // the answer
  IOReturn result;
  uint32_t serviceResponse, taskStatus;
  uint64_t moved;
  SCSI_Sense_Data sense;
} Command;
void carryOut(const Drive *drive, Command *command);

// ---- core-foundation.c
typedef enum { STRING = 1, NUMBER, DICTIONARY, URL, UUID, DA_SESSION, DA_DISK, DA_DISSENTER, DISPATCH_QUEUE } Kind;
#define MOST_ENTRIES 8
typedef struct Object {
  Kind kind;
  int references;
  bool inside;               // belongs to a dictionary, or to whoever calls back
  char text[512];
  int64_t number;
  struct Object *keys[MOST_ENTRIES], *values[MOST_ENTRIES];
  int count;
  CFUUIDBytes uuid;
  Drive *drive;
  struct Object *queue, *session;
  int pending;
  DAReturn status;
} Object;
Object *newObject(Kind kind);
Object *newString(const char *text);
Object *newDictionary(void);
void addEntry(Object *dictionary, const char *key, Object *value);
/** The object, if it is one, alive and of that kind; a misuse else. */
Object *checked(CFTypeRef reference, Kind kind, const char *by);
void releaseObject(Object *object, const char *by);
int liveObjects(char *names, size_t size);

// ---- io-kit.c
int liveEntries(void);
/** The drive of a services node's handle; a misuse where it is none. */
Drive *serviceDrive(io_object_t entry, const char *by);

// ---- scsi-task.c
int liveInterfaces(char *names, size_t size);
