#include "stand-in.h"
#include <fcntl.h>
#include <scsi/sg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void failure(Command *command, uint32_t taskStatus) {
  command->serviceResponse = TASK_DELIVERY_FAILURE;
  command->taskStatus = taskStatus;
}

/** sg:DEVICE is a drive of the kernel. */
static void throughKernel(const char *device, Command *command) {
  int fd = open(device, O_RDWR | O_NONBLOCK);
  if (fd < 0) fd = open(device, O_RDONLY | O_NONBLOCK);
  sg_io_hdr_t header = {
    .interface_id = 'S', .cmdp = command->cdb, .cmd_len = command->cdbLength, .sbp = command->sense.bytes,
    .mx_sb_len = sizeof command->sense, .dxferp = command->data, .dxfer_len = command->length,
    .timeout = command->timeoutMs,
    .dxfer_direction = (int[]){SG_DXFER_NONE, SG_DXFER_TO_DEV, SG_DXFER_FROM_DEV}[command->direction],
  };
  if (fd < 0 || ioctl(fd, SG_IO, &header)) failure(command, DEVICE_NOT_PRESENT);
  else if (header.host_status) failure(command, header.host_status == 3 ? TASK_TIMEOUT : header.host_status == 1 ? DEVICE_NOT_PRESENT : DELIVERY_FAILURE);
  else {
    command->serviceResponse = TASK_COMPLETE;
    command->taskStatus = header.status;
    command->moved = command->length - header.resid;
  }
  if (fd >= 0) close(fd);
}

static bool whole(int fd, void *bytes, size_t length, bool sending) {
  for (uint8_t *at = bytes; length;) {
    ssize_t done = sending ? send(fd, at, length, MSG_NOSIGNAL) : recv(fd, at, length, 0);
    if (done <= 0) return false;
    at += done;
    length -= done;
  }
  return true;
}

struct Request { uint8_t cdb[16]; uint32_t cdbLength, direction, timeoutMs, length; };
struct Reply { uint32_t result, serviceResponse, taskStatus, moved; uint8_t sense[18], padding[2]; };

/** socket:PATH is whoever listens there: a request with the data sent, a reply with the data that came. */
static void throughSocket(const char *path, Command *command) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  struct Request request = {.cdbLength = command->cdbLength, .direction = command->direction, .timeoutMs = command->timeoutMs, .length = command->length};
  memcpy(request.cdb, command->cdb, sizeof request.cdb);
  struct Reply reply;
  bool answered = !connect(fd, (struct sockaddr *)&address, sizeof address) && whole(fd, &request, sizeof request, true) &&
    (command->direction != 1 || whole(fd, command->data, command->length, true)) && whole(fd, &reply, sizeof reply, false) &&
    reply.moved <= command->length && (command->direction != 2 || whole(fd, command->data, reply.moved, false));
  close(fd);
  if (!answered) { failure(command, DEVICE_NOT_PRESENT); return; }
  command->result = (IOReturn)reply.result;
  command->serviceResponse = reply.serviceResponse;
  command->taskStatus = reply.taskStatus;
  command->moved = reply.moved;
  memcpy(command->sense.bytes, reply.sense, sizeof reply.sense);
}

/** image:PATH is a disc that knows TEST UNIT READY and READ(10). */
static void fromImage(const char *path, Command *command) {
  const uint8_t *cdb = command->cdb;
  uint64_t lba = (uint64_t)cdb[2] << 24 | cdb[3] << 16 | cdb[4] << 8 | cdb[5];
  int fd = open(path, O_RDONLY);
  ssize_t got = cdb[0] == 0x28 ? pread(fd, command->data, command->length, lba * 2048) : 0;
  close(fd);
  command->serviceResponse = TASK_COMPLETE;
  command->moved = got > 0 ? got : 0;
  if (cdb[0] == 0 || got > 0) return;
  command->taskStatus = CHECK_CONDITION;
  command->sense = (SCSI_Sense_Data){{0x70, 0, 5, 0, 0, 0, 0, 10, 0, 0, 0, 0, cdb[0] == 0x28 ? 0x21 : 0x20}};
}

void carryOut(const Drive *drive, Command *command) {
  command->result = 0;
  if (drive->gone) { command->result = kIOReturnNoDevice; failure(command, DEVICE_NOT_PRESENT); }
  else if (!strncmp(drive->backend, "sg:", 3)) throughKernel(drive->backend + 3, command);
  else if (!strncmp(drive->backend, "socket:", 7)) throughSocket(drive->backend + 7, command);
  else if (!strncmp(drive->backend, "image:", 6)) fromImage(drive->backend + 6, command);
  else abort();
}
