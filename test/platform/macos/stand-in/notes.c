#include "stand-in.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *text;
static size_t length, room;
static pthread_mutex_t noteLock = PTHREAD_MUTEX_INITIALIZER;

static void append(const char *line) {
  pthread_mutex_lock(&noteLock);
  size_t more = strlen(line) + 1;
  if (length + more + 1 > room) text = realloc(text, room = 2 * (length + more) + 4096);
  memcpy(text + length, line, more - 1);
  text[length + more - 1] = '\n';
  text[length += more] = 0;
  const char *file = getenv("MACOS_STAND_IN_LOG");
  FILE *out = file ? fopen(file, "a") : NULL;
  if (out) { fprintf(out, "%s\n", line); fclose(out); }
  pthread_mutex_unlock(&noteLock);
}

void note(const char *format, ...) {
  char line[1024];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  append(line);
}

void misuse(const char *format, ...) {
  char line[1024] = "MISUSE: ";
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(line + 8, sizeof line - 8, format, arguments);
  va_end(arguments);
  append(line);
  fprintf(stderr, "%s\n", line);
  abort();
}

// ---- what tests call
void stand_in_configure(const char *machine) {
  pthread_mutex_lock(&noteLock);
  if (text) text[length = 0] = 0;
  pthread_mutex_unlock(&noteLock);
  configure(machine);
}

/** The calls so far, a line each; returns the bytes it takes. */
size_t stand_in_log(char *buffer, size_t size) {
  pthread_mutex_lock(&noteLock);
  size_t whole = length;
  if (size) { size_t part = whole < size - 1 ? whole : size - 1; if (part) memcpy(buffer, text, part); buffer[part] = 0; }
  pthread_mutex_unlock(&noteLock);
  return whole;
}

/** How many handles, objects and interfaces have not been given back; their names. */
int stand_in_live(char *buffer, size_t size) {
  pthread_mutex_lock(&lock);
  buffer[0] = 0;
  int entries = liveEntries();
  if (entries) snprintf(buffer, size, "%d registry entries ", entries);
  int live = entries + liveObjects(buffer, size) + liveInterfaces(buffer, size);
  pthread_mutex_unlock(&lock);
  return live;
}

/** Marks a drive as pulled out of the machine, or as held by another program. */
void stand_in_set(int index, const char *what, int value) {
  pthread_mutex_lock(&lock);
  if (!strcmp(what, "gone")) drives[index].gone = value;
  else if (!strcmp(what, "held")) drives[index].held = value;
  else abort();
  pthread_mutex_unlock(&lock);
}
