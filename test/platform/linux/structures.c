/* Prints the structures that SG_IO and fcntl take as JSON, as this compiler lays them out.
   cc structures.c && ./a.out; with -m32 for 32-bit systems. */
#define _FILE_OFFSET_BITS 64
#define _GNU_SOURCE
#include <fcntl.h>
#include <scsi/sg.h>
#include <stddef.h>
#include <stdio.h>

#define BEGIN(S) printf("%s\"%s\": {\"size\": %zu, \"members\": {", between, #S, sizeof(struct S)), between = ""
#define MEMBER(S, M) \
  printf("%s\"%s\": [%zu, %zu]", between, #M, offsetof(struct S, M), sizeof(((struct S *)0)->M)), between = ", "
#define END printf("}}"), between = ",\n "

int main(void) {
  const char *between = "";
  printf("{");
  BEGIN(sg_io_hdr);
  MEMBER(sg_io_hdr, interface_id);
  MEMBER(sg_io_hdr, dxfer_direction);
  MEMBER(sg_io_hdr, cmd_len);
  MEMBER(sg_io_hdr, mx_sb_len);
  MEMBER(sg_io_hdr, iovec_count);
  MEMBER(sg_io_hdr, dxfer_len);
  MEMBER(sg_io_hdr, dxferp);
  MEMBER(sg_io_hdr, cmdp);
  MEMBER(sg_io_hdr, sbp);
  MEMBER(sg_io_hdr, timeout);
  MEMBER(sg_io_hdr, flags);
  MEMBER(sg_io_hdr, pack_id);
  MEMBER(sg_io_hdr, usr_ptr);
  MEMBER(sg_io_hdr, status);
  MEMBER(sg_io_hdr, masked_status);
  MEMBER(sg_io_hdr, msg_status);
  MEMBER(sg_io_hdr, sb_len_wr);
  MEMBER(sg_io_hdr, host_status);
  MEMBER(sg_io_hdr, driver_status);
  MEMBER(sg_io_hdr, resid);
  MEMBER(sg_io_hdr, duration);
  MEMBER(sg_io_hdr, info);
  END;
  BEGIN(flock);
  MEMBER(flock, l_type);
  MEMBER(flock, l_whence);
  MEMBER(flock, l_start);
  MEMBER(flock, l_len);
  MEMBER(flock, l_pid);
  END;
  printf(",\n \"numbers\": {\"SG_IO\": %d, \"SG_GET_VERSION_NUM\": %d, \"SG_GET_RESERVED_SIZE\": %d, \"F_OFD_SETLK\": %d}}\n",
         SG_IO, SG_GET_VERSION_NUM, SG_GET_RESERVED_SIZE, F_OFD_SETLK);
  return 0;
}
