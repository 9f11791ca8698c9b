/* SPDX-License-Identifier: Apache-2.0 */
/* For LD_PRELOAD: lets vaGetDisplayDRM() take any file for a render node, so that /dev/null can stand for one.
   Only with LIBVA_DRIVER_NAME set: libva cannot ask such a node for its driver.

   clang -O2 -std=c11 -Wall -Wextra -Werror -fPIC -shared -o drm.so drm.c */

enum { DRM_NODE_RENDER = 2 };

/* Stands before libdrm's function of this name: every descriptor is a render node's. */
int drmGetNodeTypeFromFd(int fd);

int drmGetNodeTypeFromFd(int fd) {
    (void)fd;
    return DRM_NODE_RENDER;
}
