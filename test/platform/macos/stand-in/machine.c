#include "stand-in.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Drive drives[MOST_DRIVES];
int driveCount;

static void copy(char *to, size_t size, const char *from) { snprintf(to, size, "%s", from); }

static void set(Drive *drive, const char *key, const char *value) {
  if (!strcmp(key, "class")) copy(drive->class, sizeof drive->class, value);
  else if (!strcmp(key, "disk")) copy(drive->disk, sizeof drive->disk, value);
  else if (!strcmp(key, "vendor")) copy(drive->vendor, sizeof drive->vendor, value);
  else if (!strcmp(key, "product")) copy(drive->product, sizeof drive->product, value);
  else if (!strcmp(key, "revision")) copy(drive->revision, sizeof drive->revision, value);
  else if (!strcmp(key, "mount")) copy(drive->mount, sizeof drive->mount, value);
  else if (!strcmp(key, "backend")) copy(drive->backend, sizeof drive->backend, value);
  else if (!strcmp(key, "transfer")) drive->largestTransfer = atol(value);
  else if (!strcmp(key, "reader")) drive->reader = true;
  else if (!strcmp(key, "held")) drive->held = true;
  else if (!strcmp(key, "refuses-unmount")) drive->refusesUnmount = true;
  else if (!strcmp(key, "remounts-itself")) drive->remountsItself = true;
  else { fprintf(stderr, "stand-in: no such setting: %s\n", key); abort(); }
}

/** Names from INQUIRY where the machine's description gives none. */
static void inquire(Drive *drive) {
  uint8_t data[36] = {0};
  Command command = {.cdb = {0x12, 0, 0, 0, 36}, .cdbLength = 6, .direction = 2, .timeoutMs = 10000, .data = data, .length = 36};
  carryOut(drive, &command);
  snprintf(drive->vendor, sizeof drive->vendor, "%.8s", data + 8);
  snprintf(drive->product, sizeof drive->product, "%.16s", data + 16);
  snprintf(drive->revision, sizeof drive->revision, "%.4s", data + 32);
}

/** A drive a line, settings parted by tabs or "|": class=IODVDServices|disk=disk4|backend=sg:/dev/sr0 */
void configure(const char *text) {
  char *whole = strdup(text), *lines = whole, *line;
  pthread_mutex_lock(&lock);
  memset(drives, 0, sizeof drives);
  driveCount = 0;
  while ((line = strsep(&lines, "\n"))) {
    if (!*line || driveCount == MOST_DRIVES) continue;
    Drive *drive = &drives[driveCount++];
    char *setting;
    while ((setting = strsep(&line, "|"))) {
      char *value = strchr(setting, '=');
      if (value) *value++ = 0;
      set(drive, setting, value ? value : "");
    }
    char class[sizeof drive->class];
    strcpy(class, drive->class);
    snprintf(drive->path, sizeof drive->path, "IOService:/StandIn/AHCI@%d/%s", driveCount - 1, class);
  }
  pthread_mutex_unlock(&lock);
  for (int index = 0; index < driveCount; index++)
    if (!drives[index].vendor[0] && !strncmp(drives[index].backend, "sg:", 3)) inquire(&drives[index]);
  free(whole);
}

/** While somebody has exclusive access, the kernel's own driver shows no medium. */
bool hasMedia(const Drive *drive) { return drive->disk[0] && !drive->owner && !drive->gone; }

__attribute__((constructor)) static void fromEnvironment(void) {
  const char *machine = getenv("MACOS_STAND_IN");
  if (machine) configure(machine);
}
