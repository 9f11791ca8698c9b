// SPDX-License-Identifier: Apache-2.0
// Glibc's module does not have the calls for extended attributes of files.
#include <sys/types.h>
#include <sys/xattr.h>
