#include "stand-in.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef void (*Callback)(CFTypeRef disk, CFTypeRef dissenter, void *context);
typedef struct { Object *disk; Callback callback; void *context; bool mounting; } Job;

CFTypeRef dispatch_queue_create(const char *label, void *attribute) {
  if (attribute) misuse("dispatch_queue_create: not a serial queue");
  pthread_mutex_lock(&lock);
  Object *queue = newObject(DISPATCH_QUEUE);
  snprintf(queue->text, sizeof queue->text, "%s", label);
  pthread_mutex_unlock(&lock);
  return queue;
}
void dispatch_release(CFTypeRef queue) {
  pthread_mutex_lock(&lock);
  releaseObject(checked(queue, DISPATCH_QUEUE, __func__), __func__);
  pthread_mutex_unlock(&lock);
}

CFTypeRef DASessionCreate(CFTypeRef allocator) {
  if (allocator) misuse("DASessionCreate: another allocator than the default one");
  pthread_mutex_lock(&lock);
  Object *session = newObject(DA_SESSION);
  pthread_mutex_unlock(&lock);
  return session;
}
void DASessionSetDispatchQueue(CFTypeRef session, CFTypeRef queue) {
  pthread_mutex_lock(&lock);
  Object *object = checked(session, DA_SESSION, __func__);
  if (object->pending && !queue) misuse("a session lost its queue with a request under way");
  object->queue = queue ? checked(queue, DISPATCH_QUEUE, __func__) : NULL;
  pthread_mutex_unlock(&lock);
}
CFTypeRef DADiskCreateFromBSDName(CFTypeRef allocator, CFTypeRef session, const char *name) {
  if (allocator || !strncmp(name, "/dev/", 5)) misuse("DADiskCreateFromBSDName: %s", name);
  pthread_mutex_lock(&lock);
  Object *disk = newObject(DA_DISK);
  disk->session = checked(session, DA_SESSION, __func__);
  disk->session->references++;
  snprintf(disk->text, sizeof disk->text, "%s", name);
  for (int index = 0; index < driveCount; index++)
    if (hasMedia(&drives[index]) && !strcmp(drives[index].disk, name)) disk->drive = &drives[index];
  pthread_mutex_unlock(&lock);
  return disk;
}
CFTypeRef DADiskCopyDescription(CFTypeRef reference) {
  pthread_mutex_lock(&lock);
  Object *disk = checked(reference, DA_DISK, __func__), *description = NULL;
  if (disk->drive && hasMedia(disk->drive)) {
    description = newDictionary();
    addEntry(description, "DAMediaBSDName", newString(disk->text));
    if (disk->drive->mount[0]) {
      Object *url = newObject(URL);
      snprintf(url->text, sizeof url->text, "%s", disk->drive->mount);
      addEntry(description, "DAVolumePath", url);
    }
  }
  pthread_mutex_unlock(&lock);
  return description;
}

DAReturn DADissenterGetStatus(CFTypeRef dissenter) {
  pthread_mutex_lock(&lock);
  DAReturn status = checked(dissenter, DA_DISSENTER, __func__)->status;
  pthread_mutex_unlock(&lock);
  return status;
}
CFTypeRef DADissenterGetStatusString(CFTypeRef dissenter) {
  pthread_mutex_lock(&lock);
  Object *object = checked(dissenter, DA_DISSENTER, __func__);
  CFTypeRef text = object->count ? object->values[0] : NULL;
  pthread_mutex_unlock(&lock);
  return text;
}

static Object *dissent(DAReturn status, const char *text) {
  Object *dissenter = newObject(DA_DISSENTER);
  dissenter->status = status;
  dissenter->inside = true;              // it belongs to the callback's caller
  if (text) addEntry(dissenter, "text", newString(text));
  return dissenter;
}

/** The queue's thread: does it, calls back, and takes the dissenter away again. */
static void *onQueue(void *given) {
  Job job = *(Job *)given;
  free(given);
  usleep(1000);
  pthread_mutex_lock(&lock);
  Drive *drive = job.disk->drive;
  Object *dissenter = NULL;
  if (!drive || !hasMedia(drive)) dissenter = dissent(kDAReturnNotFound, NULL);
  else if (job.mounting) {
    if (drive->mount[0]) dissenter = dissent(kDAReturnBusy, NULL);
    else strcpy(drive->mount, "/Volumes/MountedAgain");
  }
  else if (drive->refusesUnmount) dissenter = dissent(kDAReturnBusy, "Resource busy.");
  else if (!drive->mount[0]) dissenter = dissent(kDAReturnNotMounted, NULL);
  else drive->mount[0] = 0;
  note("%s %s: %x", job.mounting ? "DADiskMount" : "DADiskUnmount", job.disk->text, dissenter ? dissenter->status : 0);
  job.disk->pending--;
  job.disk->session->pending--;
  pthread_mutex_unlock(&lock);
  job.callback(job.disk, dissenter, job.context);
  pthread_mutex_lock(&lock);
  if (dissenter) { dissenter->inside = false; releaseObject(dissenter, "the queue"); }
  pthread_mutex_unlock(&lock);
  return NULL;
}

static void request(CFTypeRef reference, uint32_t options, Callback callback, void *context, bool mounting, const char *by) {
  pthread_mutex_lock(&lock);
  Object *disk = checked(reference, DA_DISK, by);
  if (options != 1) misuse("%s: options %u, not the whole disk", by, options);
  if (!callback) misuse("%s: no callback", by);
  if (!disk->session->queue) misuse("%s: the session has neither queue nor run loop: no answer would come", by);
  disk->pending++;
  disk->session->pending++;
  Job *job = malloc(sizeof *job);
  *job = (Job){disk, callback, context, mounting};
  pthread_t thread;
  pthread_create(&thread, NULL, onQueue, job);
  pthread_detach(thread);
  pthread_mutex_unlock(&lock);
}
void DADiskUnmount(CFTypeRef disk, uint32_t options, Callback callback, void *context) { request(disk, options, callback, context, false, __func__); }
void DADiskMount(CFTypeRef disk, CFTypeRef path, uint32_t options, Callback callback, void *context) {
  if (path) misuse("DADiskMount: at a path");
  request(disk, options, callback, context, true, __func__);
}
