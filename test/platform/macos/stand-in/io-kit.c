#include "stand-in.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Handles of registry entries: a services node, its whole-disk medium, or what iterates over some.
typedef enum { NO_ENTRY, SERVICES_NODE, MEDIA_NODE, BUS_NODE, ITERATOR } EntryKind;
typedef struct { EntryKind kind; int references; Drive *drive; io_object_t left[2 * MOST_DRIVES]; int count, next; } Entry;
#define FIRST 0x903
#define MOST_HANDLES 1024
static Entry entries[MOST_HANDLES];

static io_object_t handleOf(EntryKind kind, Drive *drive) {
  for (int index = 0; index < MOST_HANDLES; index++) {
    if (entries[index].references) continue;
    entries[index] = (Entry){.kind = kind, .references = 1, .drive = drive};
    return FIRST + 0x100 * index;
  }
  misuse("%d registry entries were never released", MOST_HANDLES);
  return 0;
}
static Entry *entryOf(io_object_t handle, const char *by) {
  uint32_t index = (handle - FIRST) / 0x100;
  if ((handle - FIRST) % 0x100 || index >= MOST_HANDLES || !entries[index].references) misuse("%s: %x is no entry, or was released", by, handle);
  return &entries[index];
}
int liveEntries(void) {
  int live = 0;
  for (int index = 0; index < MOST_HANDLES; index++) live += entries[index].references;
  return live;
}
Drive *serviceDrive(io_object_t handle, const char *by) {
  Entry *entry = entryOf(handle, by);
  if (entry->kind != SERVICES_NODE) misuse("%s: the entry is no service", by);
  return entry->drive;
}

static void inService(const char *plane, const char *by) { if (strcmp(plane, "IOService")) misuse("%s: plane %s", by, plane); }
static void mainPort(uint32_t port, const char *by) { if (port) misuse("%s: port %u", by, port); }

// ---- exported: matching
CFTypeRef IOServiceMatching(const char *class) {
  pthread_mutex_lock(&lock);
  Object *dictionary = newDictionary();
  snprintf(dictionary->text, sizeof dictionary->text, "class %s", class);
  pthread_mutex_unlock(&lock);
  return dictionary;
}
CFTypeRef IOBSDNameMatching(uint32_t port, uint32_t options, const char *name) {
  mainPort(port, __func__);
  if (options) misuse("IOBSDNameMatching: options %u", options);
  pthread_mutex_lock(&lock);
  Object *dictionary = newDictionary();
  snprintf(dictionary->text, sizeof dictionary->text, "disk %s", name);
  pthread_mutex_unlock(&lock);
  return dictionary;
}
IOReturn IOServiceGetMatchingServices(uint32_t port, CFTypeRef matching, io_object_t *iterator) {
  mainPort(port, __func__);
  pthread_mutex_lock(&lock);
  Object *dictionary = checked(matching, DICTIONARY, __func__);
  if (strncmp(dictionary->text, "class ", 6)) misuse("%s: not a class", __func__);
  io_object_t found = handleOf(ITERATOR, NULL);
  Entry *list = entryOf(found, __func__);
  for (int index = 0; index < driveCount; index++)
    if (!drives[index].gone && !strcmp(drives[index].class, dictionary->text + 6)) list->left[list->count++] = handleOf(SERVICES_NODE, &drives[index]);
  releaseObject(dictionary, __func__);   // consumed, as in IOKit
  pthread_mutex_unlock(&lock);
  *iterator = found;
  return 0;
}
io_object_t IOServiceGetMatchingService(uint32_t port, CFTypeRef matching) {
  mainPort(port, __func__);
  pthread_mutex_lock(&lock);
  Object *dictionary = checked(matching, DICTIONARY, __func__);
  io_object_t found = 0;
  for (int index = 0; !found && index < driveCount; index++)
    if (!strncmp(dictionary->text, "disk ", 5) && hasMedia(&drives[index]) && !strcmp(drives[index].disk, dictionary->text + 5)) found = handleOf(MEDIA_NODE, &drives[index]);
  releaseObject(dictionary, __func__);
  pthread_mutex_unlock(&lock);
  return found;
}
io_object_t IOIteratorNext(io_object_t iterator) {
  pthread_mutex_lock(&lock);
  Entry *list = entryOf(iterator, __func__);
  if (list->kind != ITERATOR) misuse("IOIteratorNext on what is no iterator");
  io_object_t next = list->next < list->count ? list->left[list->next++] : 0;
  pthread_mutex_unlock(&lock);
  return next;
}
IOReturn IOObjectRelease(io_object_t handle) {
  pthread_mutex_lock(&lock);
  Entry *entry = entryOf(handle, __func__);
  if (--entry->references == 0 && entry->kind == ITERATOR)
    while (entry->next < entry->count) entryOf(entry->left[entry->next++], __func__)->references--;
  pthread_mutex_unlock(&lock);
  return 0;
}

// ---- exported: the registry
uint32_t IOObjectConformsTo(io_object_t handle, const char *class) {
  pthread_mutex_lock(&lock);
  Entry *entry = entryOf(handle, __func__);
  bool is = entry->kind == MEDIA_NODE ? !strcmp(class, "IOMedia") : entry->kind == SERVICES_NODE && !strcmp(class, entry->drive->class);
  pthread_mutex_unlock(&lock);
  return is;
}
IOReturn IORegistryEntryGetParentEntry(io_object_t handle, const char *plane, io_object_t *parent) {
  inService(plane, __func__);
  pthread_mutex_lock(&lock);
  Entry *entry = entryOf(handle, __func__);
  *parent = entry->kind == MEDIA_NODE ? handleOf(SERVICES_NODE, entry->drive) : entry->kind == SERVICES_NODE ? handleOf(BUS_NODE, entry->drive) : 0;
  pthread_mutex_unlock(&lock);
  return *parent ? 0 : kIOReturnNoDevice;
}
IOReturn IORegistryEntryCreateIterator(io_object_t handle, const char *plane, uint32_t options, io_object_t *iterator) {
  inService(plane, __func__);
  if (options != 1) misuse("IORegistryEntryCreateIterator: options %u", options);
  pthread_mutex_lock(&lock);
  Drive *drive = entryOf(handle, __func__)->drive;
  io_object_t found = handleOf(ITERATOR, NULL);
  Entry *list = entryOf(found, __func__);
  if (hasMedia(drive)) list->left[list->count++] = handleOf(MEDIA_NODE, drive);
  pthread_mutex_unlock(&lock);
  *iterator = found;
  return 0;
}
IOReturn IORegistryEntryGetPath(io_object_t handle, const char *plane, char *path) {
  inService(plane, __func__);
  pthread_mutex_lock(&lock);
  Entry *entry = entryOf(handle, __func__);
  memset(path, 0xEE, 512);               // an io_string_t has 512 bytes
  snprintf(path, 512, "%s%s", entry->drive->path, entry->kind == MEDIA_NODE ? "/IOMedia" : "");
  pthread_mutex_unlock(&lock);
  return 0;
}
io_object_t IORegistryEntryFromPath(uint32_t port, const char *path) {
  mainPort(port, __func__);
  pthread_mutex_lock(&lock);
  io_object_t found = 0;
  for (int index = 0; !found && index < driveCount; index++)
    if (!drives[index].gone && !strcmp(drives[index].path, path)) found = handleOf(SERVICES_NODE, &drives[index]);
  pthread_mutex_unlock(&lock);
  return found;
}

static Object *property(Entry *entry, const char *key) {
  Drive *drive = entry->drive;
  if (entry->kind == MEDIA_NODE && !strcmp(key, "BSD Name")) return newString(drive->disk);
  if (entry->kind == SERVICES_NODE && !strcmp(key, "Device Characteristics")) {
    Object *dictionary = newDictionary();
    addEntry(dictionary, "Vendor Name", newString(drive->vendor));
    addEntry(dictionary, "Product Name", newString(drive->product));
    addEntry(dictionary, "Product Revision Level", newString(drive->revision));
    return dictionary;
  }
  if (entry->kind == SERVICES_NODE && !strcmp(key, "IOCFPlugInTypes") && !drive->reader) {
    Object *dictionary = newDictionary();
    addEntry(dictionary, "97ABCF2C-23CC-11D5-A0E8-003065704866", newString("IOSCSIArchitectureModelFamily.kext/Contents/PlugIns/SCSITaskLib.plugin"));
    return dictionary;
  }
  return NULL;
}
CFTypeRef IORegistryEntryCreateCFProperty(io_object_t handle, CFTypeRef key, CFTypeRef allocator, uint32_t options) {
  if (allocator || options) misuse("IORegistryEntryCreateCFProperty: allocator or options");
  pthread_mutex_lock(&lock);
  CFTypeRef value = property(entryOf(handle, __func__), checked(key, STRING, __func__)->text);
  pthread_mutex_unlock(&lock);
  return value;
}
CFTypeRef IORegistryEntrySearchCFProperty(io_object_t handle, const char *plane, CFTypeRef key, CFTypeRef allocator, uint32_t options) {
  inService(plane, __func__);
  if (allocator || options != 3) misuse("IORegistryEntrySearchCFProperty: allocator or options %u", options);
  pthread_mutex_lock(&lock);
  Drive *drive = entryOf(handle, __func__)->drive;
  const char *name = checked(key, STRING, __func__)->text;
  Object *number = NULL;
  if (drive->largestTransfer && (!strcmp(name, "IOMaximumByteCountRead") || !strcmp(name, "IOMaximumByteCountWrite")))
    (number = newObject(NUMBER))->number = drive->largestTransfer;
  pthread_mutex_unlock(&lock);
  return number;
}
