#include "stand-in.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_OBJECTS 4096
static Object *objects[MOST_OBJECTS];
static const char *const KINDS[] = {"", "CFString", "CFNumber", "CFDictionary", "CFURL", "CFUUID", "DASession", "DADisk", "DADissenter", "dispatch queue"};

Object *newObject(Kind kind) {
  for (int index = 0; index < MOST_OBJECTS; index++) {
    if (objects[index]) continue;
    Object *object = objects[index] = calloc(1, sizeof *object);
    object->kind = kind;
    object->references = 1;
    return object;
  }
  misuse("%d objects were never released", MOST_OBJECTS);
  return NULL;
}

Object *newString(const char *text) {
  Object *object = newObject(STRING);
  snprintf(object->text, sizeof object->text, "%s", text);
  return object;
}

Object *newDictionary(void) { return newObject(DICTIONARY); }

void addEntry(Object *dictionary, const char *key, Object *value) {
  Object *name = newString(key);
  name->inside = value->inside = true;
  dictionary->keys[dictionary->count] = name;
  dictionary->values[dictionary->count++] = value;
}

static int indexOf(CFTypeRef reference) {
  for (int index = 0; reference && index < MOST_OBJECTS; index++)
    if (objects[index] == reference) return index;
  return -1;
}

Object *checked(CFTypeRef reference, Kind kind, const char *by) {
  int index = indexOf(reference);
  if (index < 0) misuse("%s: %p is no object, or was released", by, reference);
  if (kind && objects[index]->kind != kind) misuse("%s: a %s where a %s belongs", by, KINDS[objects[index]->kind], KINDS[kind]);
  return objects[index];
}

static void destroy(Object *object) {
  for (int index = 0; index < object->count; index++) {
    destroy(object->keys[index]);
    destroy(object->values[index]);
  }
  objects[indexOf(object)] = NULL;
  free(object);
}

void releaseObject(Object *object, const char *by) {
  if (object->inside) misuse("%s of a %s that belongs to another", by, KINDS[object->kind]);
  if (object->pending) misuse("%s of a %s with a request under way", by, KINDS[object->kind]);
  if (--object->references == 0) {
    if (object->session) object->session->references--;
    destroy(object);
  }
}

int liveObjects(char *names, size_t size) {
  int live = 0;
  for (int index = 0; index < MOST_OBJECTS; index++) {
    if (!objects[index] || objects[index]->inside) continue;
    live++;
    size_t used = strlen(names);
    snprintf(names + used, size - used, "%s %s ", KINDS[objects[index]->kind], objects[index]->text);
  }
  return live;
}

// ---- exported
#define LOCKED(type, expression) do { pthread_mutex_lock(&lock); type value = expression; pthread_mutex_unlock(&lock); return value; } while (0)
#define UTF8 0x08000100u

static void allocator(CFTypeRef given, const char *by) { if (given) misuse("%s: another allocator than the default one", by); }

void CFRelease(CFTypeRef reference) {
  pthread_mutex_lock(&lock);
  Object *object = checked(reference, 0, "CFRelease");
  if (object->kind == DISPATCH_QUEUE || object->kind == DA_DISSENTER) misuse("CFRelease of a %s", KINDS[object->kind]);
  releaseObject(object, "CFRelease");
  pthread_mutex_unlock(&lock);
}
unsigned long CFGetTypeID(CFTypeRef reference) { LOCKED(unsigned long, checked(reference, 0, "CFGetTypeID")->kind); }
unsigned long CFStringGetTypeID(void) { return STRING; }
unsigned long CFNumberGetTypeID(void) { return NUMBER; }
unsigned long CFDictionaryGetTypeID(void) { return DICTIONARY; }
unsigned long CFURLGetTypeID(void) { return URL; }

CFTypeRef CFStringCreateWithCString(CFTypeRef given, const char *text, uint32_t encoding) {
  allocator(given, __func__);
  if (encoding != UTF8) misuse("CFStringCreateWithCString: encoding %x", encoding);
  LOCKED(CFTypeRef, newString(text));
}
static Boolean copyText(Object *object, char *buffer, long size, const char *by) {
  if (size <= 0 || !buffer) misuse("%s: no room", by);
  if (strlen(object->text) >= (size_t)size) return 0;
  memset(buffer, 0xEE, size);            // what lies behind the NUL is the caller's own affair
  strcpy(buffer, object->text);
  return 1;
}
Boolean CFStringGetCString(CFTypeRef string, char *buffer, long size, uint32_t encoding) {
  if (encoding != UTF8) misuse("CFStringGetCString: encoding %x", encoding);
  LOCKED(Boolean, copyText(checked(string, STRING, __func__), buffer, size, __func__));
}
Boolean CFURLGetFileSystemRepresentation(CFTypeRef url, Boolean resolve, uint8_t *buffer, long size) {
  if (!resolve) misuse("CFURLGetFileSystemRepresentation: a relative path");
  LOCKED(Boolean, copyText(checked(url, URL, __func__), (char *)buffer, size, __func__));
}
Boolean CFNumberGetValue(CFTypeRef number, long type, void *to) {
  if (type != 4) misuse("CFNumberGetValue: type %ld", type);
  LOCKED(Boolean, (*(int64_t *)to = checked(number, NUMBER, "CFNumberGetValue")->number, 1));
}
static CFTypeRef entry(CFTypeRef reference, CFTypeRef key) {
  Object *dictionary = checked(reference, DICTIONARY, "CFDictionaryGetValue"), *name = checked(key, STRING, "CFDictionaryGetValue");
  for (int index = 0; index < dictionary->count; index++)
    if (!strcmp(dictionary->keys[index]->text, name->text)) return dictionary->values[index];
  return NULL;
}
CFTypeRef CFDictionaryGetValue(CFTypeRef dictionary, CFTypeRef key) { LOCKED(CFTypeRef, entry(dictionary, key)); }

static Object *newUuid(CFUUIDBytes bytes) { Object *object = newObject(UUID); object->uuid = bytes; return object; }
CFTypeRef CFUUIDCreateFromUUIDBytes(CFTypeRef given, CFUUIDBytes bytes) {
  allocator(given, __func__);
  LOCKED(CFTypeRef, newUuid(bytes));
}
