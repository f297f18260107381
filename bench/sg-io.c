/* The peer of the benches: the same SG_IO ioctl in a loop, in C.
     sg-io DEVICE COUNT BLOCKS
   sends COUNT commands, TEST UNIT READY for 0 BLOCKS, else READ(10) of that many from LBA 16 on, and prints the median
   in nanoseconds. What the ioctl answers does not matter. */
#include <fcntl.h>
#include <scsi/sg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

static int ascending(const void *left, const void *right) {
  long long a = *(const long long *)left, b = *(const long long *)right;
  return (a > b) - (a < b);
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  int fd = open(argv[1], O_RDONLY | O_NONBLOCK), count = atoi(argv[2]), blocks = atoi(argv[3]);
  if (fd < 0 || count < 1 || blocks < 0 || blocks > 65535) return 2;
  unsigned char ready[6] = {0}, read[10] = {0x28, 0, 0, 0, 0, 16, 0, blocks >> 8, blocks & 255, 0}, sense[64];
  void *data = aligned_alloc(4096, blocks ? 4096 * ((blocks + 1) / 2) : 4096);
  long long *took = malloc(count * sizeof *took);
  for (int i = 0; i < count; i++) {
    struct sg_io_hdr header;
    struct timespec begin, end;
    memset(&header, 0, sizeof header);
    header.interface_id = 'S';
    header.dxfer_direction = blocks ? SG_DXFER_FROM_DEV : SG_DXFER_NONE;
    header.cmdp = blocks ? read : ready;
    header.cmd_len = blocks ? sizeof read : sizeof ready;
    header.dxferp = data;
    header.dxfer_len = blocks * 2048;
    header.sbp = sense;
    header.mx_sb_len = sizeof sense;
    header.timeout = 30000;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    ioctl(fd, SG_IO, &header);
    clock_gettime(CLOCK_MONOTONIC, &end);
    took[i] = (end.tv_sec - begin.tv_sec) * 1000000000LL + end.tv_nsec - begin.tv_nsec;
  }
  qsort(took, count, sizeof *took, ascending);
  printf("%lld\n", took[count / 2]);
  return 0;
}
